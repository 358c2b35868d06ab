"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  const letter = document.getElementById(button.dataset.copy);
  const selected = () => {
    getSelection().selectAllChildren(letter);
    return document.execCommand("copy");
  };
  const copied = () => {
    button.textContent = "已复制";
    setTimeout(() => { button.textContent = "复制"; }, 3000);
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = [...letter.children].map(line => line.textContent.trim()).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      copied();
    } catch {
      if (selected()) copied(); else button.textContent = "已选中，请按 Ctrl+C";
    }
  });
}
