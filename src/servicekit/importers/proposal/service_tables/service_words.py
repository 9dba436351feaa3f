"""The words by which tables of contacts, answers, evaluations, working time and outages call columns and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from servicekit.importers.proposal.words import lists_of

ServiceName: TypeAlias = Literal["contacts", "answers", "evaluations", "work", "outages"]
"""A table of the service, as a document of sources calls it."""

_AGENT = """
    agent; agent name; agent id; advisor; operator; server; handled by; answered by; assignee; employee; 坐席; 坐席工号;
    客服; 客服工号; 接听人; 员工; atendente; agente; bearbeiter
"""
_CUSTOMER = """
    customer id; customer; customer number; member id; member; caller id; caller; client id; client; user id; 客户编号;
    客户id; 客户; 会员号; 会员; cliente; kunde
"""
_CASE = "case id; case number; case; ticket id; ticket number; ticket; 工单号; 工单编号; chamado"
_CONTACT = """
    contact id; contact; call id; call; conversation id; conversation; interaction id; interaction; chat id; session id;
    通话编号; 通话id; 会话编号; 会话id
"""

SERVICE_COLUMNS: Mapping[ServiceName, Mapping[str, tuple[str, ...]]] = {
    "contacts": lists_of(
        {
            "at": """
                arrived at; arrived; arrival; arrival time; came; came at; call start; start time; started at;
                initiated at; initiation timestamp; queued at; offered at; received at; created at; date time; datetime;
                timestamp; date; time; 进线时间; 来电时间; 呼入时间; 到达时间; 开始时间; 时间; 日期; data; fecha; datum
            """,
            "outcome": """
                outcome; result; disposition; call outcome; call result; end reason; call status; status; state; 结果;
                通话结果; 接听状态; 通话状态; 状态; resultado; ergebnis
            """,
            "contact_id": f"{_CONTACT}; id; number; no; 编号; 流水号",
            "customer_id": _CUSTOMER,
            "case_id": _CASE,
            "queue": "queue; queue name; skill; skill group; line; department; 队列; 技能组; 业务线; fila; cola",
            "agent": _AGENT,
            "wait": """
                wait; wait time; waiting time; waited; queue time; time in queue; q time; speed of answer; 等待;
                等待时长; 等待时间; 排队时长; 排队时间; espera
            """,
            "talk": """
                talk; talk time; talking time; conversation time; service time; ser time; 通话时长; 通话时间; 服务时长
            """,
            "hold": "hold; hold time; on hold; held; 保持时长; 保持",
            "wrap": """
                wrap; wrap up; wrap up time; wrap time; acw; after call; after call work; after contact work; 话后时长;
                话后处理时长; 整理时长
            """,
        }
    ),
    "answers": lists_of(
        {
            "at": """
                answered at; answered; answered on; responded at; response date; response time; submitted at; submitted;
                completed at; recorded date; end date; timestamp; date; time; day; created at; 填答时间; 提交时间;
                回复时间; 评价时间; 时间; 日期; data; fecha; datum
            """,
            "invited_at": """
                invited at; invited; invitation date; sent at; sent; sent on; survey sent; asked at; 邀请时间; 发送时间
            """,
            "answer_id": "answer id; response id; survey response id; answer; response; id; number; no; 答卷编号; 编号",
            "invitation_id": "invitation id; invite id; invitation; survey id; survey; 邀请编号; 问卷编号",
            "delivery": "delivery; delivery status; delivered; email status; state; status; 发送状态",
            "instrument": "instrument; question; question id; survey type; metric; 问题; 题目; 题号",
            "nps": "nps; nps score; net promoter score; recommend; recommendation; likelihood to recommend; 推荐度",
            "csat": """
                csat; csat score; satisfaction; satisfied; satisfaction score; satisfaction rating; 满意度; 满意度评分
            """,
            "ces": "ces; ces score; effort; customer effort; customer effort score; ease; 费力度; 容易程度",
            "score": "score; rating; mark; points; value; stars; 评分; 分数; 打分; 星级; nota; note",
            "customer_id": _CUSTOMER,
            "case_id": _CASE,
            "contact_id": _CONTACT,
            "agent": _AGENT,
        }
    ),
    "evaluations": lists_of(
        {
            "at": """
                evaluated at; evaluated on; evaluation date; reviewed at; review date; scored at; judged at; audit date;
                completed at; date; day; time; timestamp; created at; 质检时间; 评估时间; 考试时间; 时间; 日期
            """,
            "agent": f"{_AGENT}; trainee; 学员; 被评人",
            "evaluation_id": "evaluation id; review id; audit id; evaluation; id; number; no; 质检编号; 编号",
            "form": "form; form name; scorecard; rubric; template; course; test; 评分表; 质检表; 课程",
            "score": "score; total score; total; quality score; qa score; percentage; 得分; 总分; 分数; 成绩",
            "passed": "passed; pass; is passed; 是否通过; 通过",
            "critical_failures": """
                critical failures; critical failure; critical; critical error; auto fail; fatal; 致命错误; 重大差错
            """,
            "evaluator": "evaluator; evaluated by; reviewer; judge; auditor; by; 质检员; 评估人; 考官",
            "contact_id": _CONTACT,
            "case_id": _CASE,
        }
    ),
    "work": lists_of(
        {
            "agent": _AGENT,
            "day": "day; date; work date; working day; shift date; 日期; 工作日; data; fecha; datum; tag",
            "start": "start; shift start; start time; started at; login; log in; login time; 上班时间; 开始时间",
            "end": "end; shift end; end time; ended at; logout; log out; logout time; 下班时间; 结束时间; 登出时间",
            "paid": "paid; paid time; scheduled; scheduled time; rostered; 计薪时长; 排班时长; 工时",
            "logged_in": "logged in; logged in time; login duration; staffed; staffed time; online; 登录时长; 在线时长",
            "handling": """
                handling; handle; handle time; handling time; busy; busy time; occupied; talking; 处理时长; 通话时长
            """,
            "idle": "idle; idle time; free; available; available time; ready; ready time; 空闲时长; 示闲时长",
        }
    ),
    "outages": lists_of(
        {
            "service": """
                service; service name; system; component; application; monitor; website; site; 服务; 服务名称; 系统;
                应用; 组件; servico; dienst
            """,
            "start": """
                start; started; started at; start time; from; begin; began; down; down at; outage start; opened;
                开始时间; 开始; 故障开始; 发生时间; inicio; beginn
            """,
            "end": """
                end; ended; ended at; end time; to; until; up; up at; outage end; restored; resolved; recovered;
                结束时间; 结束; 故障结束; 恢复时间; fim; ende
            """,
            "kind": "kind; type; category; outage type; event type; 类型; 类别; tipo; art",
            "reason": """
                reason; cause; root cause; why; description; summary; comment; note; 原因; 故障原因; 说明; motivo; grund
            """,
        }
    ),
}
"""What columns are called, by what a mapping calls them; likelier names first."""

CONTACT_OUTCOMES = lists_of(
    {
        "answered": """
            answered; connected; handled; completed; complete; served; agent; success; picked up; 已接听; 接听;
            已接通; 接通; 已完成; atendida
        """,
        "abandoned": """
            abandoned; abandon; hung up; hang up; hang; hangup; lost; missed; customer hung up; caller hung up; gave up;
            未接听; 未接; 已放弃; 放弃; 客户挂断; abandonada
        """,
        "callback": "callback; call back; call me back; callback requested; 回呼; 预约回呼",
        "flowed_out": """
            flowed out; flow out; overflow; overflowed; voicemail; voice mail; night message; forwarded;
            transferred out; 溢出; 转出; 语音留言; 留言
        """,
    }
)
"""What outcomes of contacts are called, by what they mean."""

MAINTENANCE = (
    "maintenance", "planned", "planned maintenance", "scheduled", "scheduled maintenance", "announced", "window",
    "维护", "计划维护", "计划内", "manutencao", "wartung",
)  # fmt: skip
OUTAGE = (
    "outage",
    "unplanned",
    "down",
    "incident",
    "failure",
    "disruption",
    "故障",
    "中断",
    "计划外",
    "falha",
    "ausfall",
)
"""What rows of a table of outages are called, by what they are."""

BOUNCED = ("bounced", "bounce", "undelivered", "failed", "not delivered", "undeliverable", "退回", "发送失败")
"""What invitations are called that never arrived."""

GOOD_AND_BAD: Mapping[str, int] = {
    **dict.fromkeys(("good", "satisfied", "yes", "positive", "thumbs up", "满意", "好评"), 1),
    **dict.fromkeys(("bad", "dissatisfied", "unsatisfied", "no", "negative", "thumbs down", "不满意", "差评"), 0),
}
"""The scores that words stand for, on a scale of 0 and 1."""

NOBODY = ("0", "unknown", "anonymous", "n a", "未知", "匿名")
"""What stands for no customer."""
