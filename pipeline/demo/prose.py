"""What people write into the long cells: research directions, governance, tasks, duties; and people's names.

Every text is put together from sentences with figures of its own, so that no two consortia read the same.
"""

from __future__ import annotations

import random

from pipeline.demo.topics import Topic

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = "建国 立新 晓东 文博 思远 海燕 春华 志刚 雨桐 佳怡 明哲 永康 国平 秀兰 子涵 宏伟 丽娜 一凡 俊杰 静 磊 敏 强 岚".split()
_TITLES = "研究员 教授 正高级工程师 首席科学家/教授 董事长/高级工程师 总工程师 副总裁/研究员级高级工程师".split()

_COUNCIL = (
    "联合体设理事会，由{lead}担任理事长单位，成员单位各派一名代表，每{span}召开一次会议，重大事项须经{share}以上理事同意。",
    "由{lead}牵头成立理事会，理事会下设秘书处，秘书处设在牵头单位研发管理部，配备专职人员{few}名，负责日常协调。",
    "实行理事会领导下的首席科学家负责制，理事会审议年度计划、预算和成员进退，首席科学家对技术路线负责。",
    "建立“理事会＋专家委员会＋项目部”三级架构，理事会{span}议事，表决实行一单位一票，{share}以上赞成方可通过。",
    "联合体各方签订共建协议，明确{lead}为责任主体，设联席会议，{span}例会，遇重大技术变更可临时召集。",
)
_EXPERTS = (
    "专家委员会由{many}名来自高校、院所和用户单位的专家组成，每年对{work}等攻关任务进行两轮评议，评议不合格的暂缓拨款。",
    "围绕{work}设立技术委员会，主任由首席科学家担任，委员{many}人，负责提出榜单、评审方案和组织验收。",
    "聘请行业专家{many}人组成咨询委员会，就{work}的技术指标、测试方法和用户需求提出意见，意见书面反馈并留存。",
    "设立用户委员会，由{few}家应用单位参加，对{work}的样机逐台试用，试用报告作为阶段验收的依据。",
)
_EXECUTION = (
    "任务执行实行里程碑管理，按{months}个月一个节点检查，连续两次未达标的由专家委员会建议调整承担单位。",
    "实行“揭榜挂帅”，榜单在成员单位内公开发布，揭榜单位签订军令状，完成后按约定兑现奖励。",
    "经费实行专账管理、单独核算，牵头单位按进度拨付，首期拨付{share2}%，其余在中期检查通过后拨付。",
    "各任务组每{months}个月提交进展报告，秘书处汇总形成简报，报理事会和属地科技主管部门。",
    "建立人员双聘制度，高校教师到企业研发岗位工作每年不少于{months}个月，考核结果双方互认。",
)
_RIGHTS = (
    "各方独立完成的成果归完成方所有，共同完成的按实际贡献约定份额，联合体成员在同等条件下优先获得{work}相关专利的许可。",
    "合作前已有的知识产权仍归原单位；合作中形成的专利由参与方共有，转让须经全体共有人书面同意，成员之间实施许可费下浮{share2}%。",
    "建立{work}专利池，由牵头单位统一管理，成员单位以专利入池，对外许可收益按入池专利的评估值分配。",
    "论文、标准的署名按贡献排序，涉及{work}核心参数的须经保密审查后发布，保密期{few}年。",
)
_PROFIT = (
    "成果转化净收益中，{share2}%奖励给研发团队，其余按投入比例在牵头单位和参与单位之间分配。",
    "产业化收益先行弥补研发支出，余额按出资、出力、出成果三项分别占{few}成、三成和其余比例核算分配。",
    "设立联合体发展基金，每年从转化收益中提取{share2}%，滚动支持后续预研和青年科技人员。",
    "共享中试线和检测平台，内部服务按成本价结算，对外服务收入的{share2}%留作平台运行费用。",
)
_EXIT = (
    "新成员加入由两家以上成员推荐并经理事会表决，成员退出须提前{months}个月书面提出并完成任务和资料移交。",
    "对连续{few}个考核周期未完成任务的成员予以劝退，已拨经费按审计结果结算。",
    "共建协议有效期五年，期满前{months}个月由理事会评估后决定续签或者清算。",
)
_SLOTS = (_COUNCIL, _EXPERTS, _EXECUTION, _RIGHTS, _PROFIT, _EXIT)
_AIMS = ("突破{work}关键技术，形成自主可控的工艺和装备", "研制{work}样机并完成用户现场验证", "建成{work}中试线，实现小批量稳定供货",
         "建立{work}测试评价方法，牵头或参与制定标准", "攻克{work}的共性难题，主要指标达到国际先进水平")
_TASKS = ("{work}总体方案设计", "{work}工艺开发与中试", "{work}理论建模与仿真", "{work}样机研制", "{work}测试评价与标准研究",
          "{work}应用验证", "{work}关键材料与部件开发")
_DUTIES = ("负责方案论证、进度协调和成果集成", "承担小试、中试，提供工艺数据包", "开展机理研究，提供模型和算法", "完成样机试制并配合用户试用",
           "提供测试平台，出具检测报告", "组织现场应用，反馈运行数据", "负责关键部件国产化替代，按期交付样件", "培养研究生和技术骨干，开展联合攻关")


def person(rng: random.Random) -> str:
    """A name as common as can be."""
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN)


def title(rng: random.Random) -> str:
    """A post or professional title."""
    return rng.choice(_TITLES)


def directions(rng: random.Random, topic: Topic) -> str:
    """Three or four numbered research directions, a line each."""
    works = rng.sample(topic.works, rng.choice((3, 4)))
    lines = [f"{place}.{rng.choice(_AIMS).format(work=work)}" for place, work in enumerate(works, 1)]
    return "；\n".join(lines) + "。"


def governance(rng: random.Random, topic: Topic, lead: str) -> str:
    """200 to 450 characters about decisions, rights and profits, different for every consortium."""
    slots = sorted(rng.sample(range(len(_SLOTS)), rng.choice((4, 5, 5))))
    text = ""
    for sentences in (_SLOTS[place] for place in slots):
        text += rng.choice(sentences).format(
            lead=lead, work=rng.choice(topic.works), span=rng.choice(("季度", "半年", "两个月", "年")),
            share=rng.choice(("三分之二", "半数", "四分之三")), share2=rng.choice((20, 30, 35, 40, 45, 60)),
            few=rng.choice("二三四五"), many=rng.choice((7, 9, 11, 13, 15)), months=rng.choice((2, 3, 4, 6)))
    return text


def task(rng: random.Random, topic: Topic) -> str:
    """What one member works on."""
    return rng.choice(_TASKS).format(work=rng.choice(topic.works))


def duty(rng: random.Random) -> str:
    """What one member answers for."""
    return rng.choice(_DUTIES)
