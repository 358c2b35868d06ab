"""withdraw, nil, seal, verify: what only the provincial centre can say, and the register as it stood."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import Root, workspace_at
from pipeline.exits import DONE, FLAWED
from pipeline.usage import WrongUsage

LONGEST_REASON = 200
_AFTERWARDS = "下次汇总时生效，可运行“consortium run”。"

Files = Annotated[list[str], typer.Argument(metavar="文件", help="收件夹中的路径（如 南京市/表.xlsx），或能认出唯一一个的文件名；可以写多个")]
City = Annotated[str, typer.Argument(metavar="设区市", help="如 南京市、南京或 320100")]
Why = Annotated[str, typer.Option("--reason", "-r", metavar="原因", help="一句话，写入台账和各项结果")]
Undo = Annotated[bool, typer.Option("--undo", help="取消此前的登记")]
Place = Annotated[Path | None, typer.Option("--output", "-o", metavar="目录", help="封存到哪里，须不存在；默认为工作目录下“封存”中以截止日命名的文件夹")]
Folder = Annotated[Path, typer.Argument(metavar="目录", help="封存的文件夹")]
Code = Annotated[str | None, typer.Option("--code", metavar="封存码", help="当时记下的封存码，一并比对")]


def withdraw(files: Files, reason: Why = "", undo: Undo = False, workspace: Root = Path()) -> int:
    """撤回已收到的文件（含省级裁定），不再计入；--undo 恢复"""
    why = _reason(reason, undo)
    from pipeline.commands.chosen import paths_of
    from pipeline.ledger import hold

    home = workspace_at(workspace)
    with hold(home), _ledger(home) as ledger:
        known = [one for one in ledger.receipts() if one.sha256]
        paths = paths_of(files, (one.path for one in known))
        # New bytes under a withdrawn path count, and can be withdrawn as well.
        open_to_it = {one.path for one in known if bool(one.withdrawn) == undo}
        idle = [path for path in paths if path not in open_to_it]
        if idle:
            raise WrongUsage(f"{'没有撤回过' if undo else '已经撤回'}：{'、'.join(idle)}")
        now = _now()
        if undo:
            ledger.restore(paths, now)
        else:
            ledger.withdraw(paths, why, now)
    print("\n".join([*(f"{'已恢复' if undo else '已撤回'}：{path}" for path in paths), _AFTERWARDS]))
    return DONE


def nil(city: City, reason: Why = "", undo: Undo = False, workspace: Root = Path()) -> int:
    """登记某市零申报（本年度没有推荐）；--undo 取消"""
    from schemas import call

    named = call.city_named(city.strip())
    if named is None:
        raise WrongUsage(f"没有“{city}”这个设区市，可写：{'、'.join(each.name for each in call.CITIES)}")
    why = _reason(reason, undo)
    from pipeline.ledger import hold

    home = workspace_at(workspace)
    with hold(home), _ledger(home) as ledger:
        declared = named.name in ledger.memory().nils
        if undo and not declared:
            raise WrongUsage(f"{named.name}没有用命令登记过零申报（以文件声明的，请用“consortium withdraw”撤回该文件）")
        if undo:
            ledger.revoke_nil(named.name, _now())
        else:
            ledger.declare_nil(named.name, why, _now())
    print(f"{'已取消' if undo else '已登记'}：{named.name}零申报。{_AFTERWARDS}")
    return DONE


def seal(output: Place = None, workspace: Root = Path()) -> int:
    """封存截止时的名录：全部结果、原件、台账、设置和校验清单"""
    from pipeline.sealing import freezing
    from pipeline.settings import Settings

    home = workspace_at(workspace)
    settings = Settings.of(home)
    folder = output.absolute() if output else freezing.default_folder(home, settings)
    inside = [place.name for place in (home.inbox, home.outbox, home.state) if folder.is_relative_to(place)]
    if inside:
        raise WrongUsage(f"不能封存到 {inside[0]} 里，请换一个位置（-o）")
    done = freezing.seal(home, settings, folder, _now())
    stage = [] if done.after_deadline else ["报送尚未截止，此为阶段性封存。"]
    print("\n".join([f"已封存：{done.folder}（{done.files} 个文件）", *stage, f"封存码：{done.code}",
                     "请另行记录封存码；以后用“consortium verify 目录”核验。"]))
    return DONE


def verify(folder: Folder, code: Code = None) -> int:
    """核验封存的文件夹：缺少、改动、多出的文件逐一列出"""
    if not folder.is_dir():
        raise WrongUsage(f"没有“{folder}”这个目录")
    from pipeline.sealing import proof

    found = proof.verify(folder)
    print("\n".join(proof.in_words(found)))
    if code is not None and code.strip().lower() != found.code:
        print("封存码与所给的不一致：封存清单已被替换或改动，或不是同一次封存。")
        return FLAWED
    return DONE if found.holds else FLAWED


def _reason(given: str, undo: bool) -> str:
    """The reason on one line; a reason is needed for everything but taking something back."""
    reason = " ".join(given.split())
    if not reason and not undo:
        raise WrongUsage("缺少选项“--reason”，请写明原因")
    if len(reason) > LONGEST_REASON:
        raise WrongUsage(f"原因太长，请写在 {LONGEST_REASON} 字以内")
    if not reason.isprintable():
        raise WrongUsage("原因里有不能显示的字符，请重写")
    return reason


def _ledger(workspace):
    from pipeline.ledger import Ledger
    from pipeline.settings import Settings

    if not workspace.state.is_dir():
        raise WrongUsage("还没有汇总过，请先运行“consortium run”")
    return Ledger.of(workspace, Settings.of(workspace))


def _now() -> datetime:
    from schemas.call import CHINA

    return datetime.now(CHINA)
