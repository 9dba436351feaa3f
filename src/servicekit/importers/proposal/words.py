"""The words by which exports call their columns and statuses, in English, Chinese and some other languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping


def lists_of(words: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(word.strip() for word in listed.split(";")) for name, listed in words.items()}


COLUMNS = lists_of(
    {
        "case_id": """
            ticket id; ticket number; ticket no; ticket; case id; case number; case no; case enquiry id;
            issue key; issue id; incident number; incident id; incident; request id; request number; number; id;
            key; case; 工单号; 工单编号; 工单id; 单号; 编号; 案件编号; numero; numero do chamado; chamado;
            id do chamado; protocolo; n do ticket; numero de ticket; ticketnummer; vorgangsnummer; nummer;
            numero du ticket; nr
        """,
        "opened_at": """
            opened at; opened; open dt; open date; opening date; created at; created time; created on; created;
            created date; creation date; creation time; date created; date opened; submitted at; reported at;
            reported date; start time; 创建时间; 创建日期; 开单时间; 提交时间; 建立时间; 报障时间;
            data de abertura; aberto em; data de criacao; criado em; fecha de apertura; fecha de creacion;
            creado; abierto; erstellt am; erstellt; eroffnet am; eroffnet; erstelldatum; date d ouverture;
            date de creation; cree le; ouvert le;
            date time opened; date time created; logged at; logged; raised; raised on; received; registered
        """,
        "first_replied_at": """
            first replied at; first reply at; first reply; first reply time; first response at; first response;
            first response time; first responded at; first responded on; initial response time;
            initial response; replied; replied at; answered; answered at; responded at;
            stats first responded at; 首次回复时间; 首次响应时间; 首响时间; 回复时间; 响应时间;
            primeira resposta; data da primeira resposta; primera respuesta; fecha de primera respuesta;
            erste antwort; erste antwort am; premiere reponse; date de premiere reponse
        """,
        "acknowledged_at": """
            acknowledged at; acknowledged; acked; acknowledgement time; 受理时间; 接单时间; 确认时间;
            reconhecido em; bestatigt am
        """,
        "resolved_at": """
            resolved at; resolved; resolved time; resolved on; resolved date; resolution date; resolution time;
            resolutiondate; date resolved; solved at; solved; solved on; done; done at; completed at; completed;
            completion date; stats resolved at; 解决时间; 解决日期; 完成时间; 处理完成时间; data de solucao;
            data da solucao; resolvido em; solucionado em; fecha de resolucion; fecha de solucion; resuelto;
            gelost am; erledigt am; losungsdatum; date de resolution; resolu le;
            date time resolved; finished; fixed at
        """,
        "closed_at": """
            closed at; closed; closed time; closed dt; closed on; closed date; close date; closing date;
            date closed; shut; end time; stats closed at; 关闭时间; 结单时间; 关单时间; data de fechamento;
            fechado em; encerrado em; data de encerramento; fecha de cierre; cerrado; geschlossen am;
            abgeschlossen am; date de cloture; date de fermeture; ferme le;
            date time closed
        """,
        "cancelled_at": """
            cancelled at; canceled at; cancelled; canceled; withdrawn at; 撤销时间; 取消时间; 撤单时间;
            cancelado em; fecha de cancelacion; storniert am; annule le
        """,
        "updated_at": """
            updated at; updated; last updated; last update; last update time; last updated at; updated on;
            sys updated on; sys updated at; last modified; modified; modified at; last modified date;
            last change; 更新时间; 最后更新时间; 最近更新; 修改时间; ultima atualizacao; atualizado em;
            ultima actualizacion; actualizado; zuletzt aktualisiert; letzte anderung; aktualisiert am;
            derniere mise a jour; mis a jour le; derniere modification;
            date time last modified; last activity; last change date; changed at
        """,
        "status": """
            status; state; ticket status; case status; incident state; 状态; 工单状态; 处理状态; situacao;
            estado; zustand; statut; etat
        """,
        "customer_id": """
            customer id; customer; requester id; requester; caller id; caller; client id; contact id; reporter;
            客户编号; 客户id; 客户; 用户id; cliente; solicitante; requerente; kunde; kundennummer; client;
            demandeur
        """,
        "channel": """
            channel; source; via; contact type; case origin; origin; 渠道; 来源; 受理渠道; canal; origem; origen; kanal;
            quelle
        """,
        "issue_type": """
            issue type; type; ticket type; category; request type; reason; subject type; case type; 问题类型;
            工单类型; 类型; 类别; 分类; tipo; categoria; kategorie; typ; art; categorie
        """,
        "tier": """
            tier; customer tier; account tier; customer level; support tier; plan; segment; 客户等级; 客户级别;
            会员等级; 等级; nivel; nivel do cliente; kundenstufe; niveau
        """,
        "priority": "priority; severity; urgency; 优先级; 紧急程度; 优先度; prioridade; prioridad; prioritat; priorite",
        "owner": """
            owner; case owner; assignee; assigned to; agent; assigned agent; technician; 坐席; 处理人; 负责人; 客服;
            responsavel; atribuido para; tecnico; asignado a; responsable; zugewiesen an; bearbeiter; assigne a;
            technicien
        """,
        "pause_from": "waiting from; pending from; paused at; on hold since; 等待开始; 挂起时间; 挂起开始",
        "pause_until": "waiting until; pending until; resumed at; on hold until; 等待结束; 恢复时间; 挂起结束",
        "field": "field; field name; changed field; column; 字段; 字段名; campo; feld; champ",
        "old": "old; old value; from; from value; previous value; before; 旧值; 原值; valor antigo; alter wert",
        "new": "new; new value; to; to value; after; 新值; novo valor; valor novo; neuer wert",
        "at": """
            at; when; changed at; changed on; edit date; timestamp; date; time; 时间; 变更时间; data; fecha;
            datum
        """,
    }
)
"""What columns are called, without accents and in lower case, by what a mapping calls them; likelier names first."""

STATUSES = lists_of(
    {
        "open": """
            open; new; active; in progress; assigned; work in progress; to do; reopened; processing; planned;
            processing assigned; processing planned; 新建; 新; 待处理; 处理中; 进行中; 已分配; 已受理; 重新打开;
            aberto; novo; em andamento; em atendimento; em atendimento atribuido; em atendimento planejado;
            atribuido; abierto; nuevo; en curso; asignado; offen; neu; in bearbeitung; zugewiesen; ouvert;
            nouveau; en cours; en traitement
        """,
        "pending": """
            pending; on hold; waiting; waiting for customer; waiting on customer; awaiting user info;
            awaiting caller; awaiting customer; hold; paused; 等待; 等待客户; 等待客户回复; 待客户回复; 挂起;
            已挂起; 暂停; pendente; aguardando; aguardando cliente; em espera; pendiente; en espera; wartend;
            ausstehend; zuruckgestellt; en attente
        """,
        "resolved": """
            resolved; solved; done; completed; complete; fixed; finished; 已解决; 解决; 已完成; 完成; resolvido;
            solucionado; concluido; resuelto; gelost; erledigt; resolu; termine
        """,
        "closed": """
            closed; close; archived; 已关闭; 关闭; 已结单; 已归档; fechado; encerrado; cerrado; geschlossen;
            abgeschlossen; ferme; clos; cloture
        """,
        "cancelled": """
            cancelled; canceled; withdrawn; 已取消; 取消; 已撤销; 撤销; cancelado; anulado; storniert;
            abgebrochen; annule
        """,
    }
)
"""What statuses are called, by what they mean."""

PURCHASE_COLUMNS = lists_of(
    {
        "order_id": """
            order id; order number; order no; order; invoice no; invoice number; invoice; invoiceno; receipt no;
            receipt; transaction id; transaction; bill no; basket id; 订单号; 订单编号; 订单id; 单号; 小票号;
            流水号; 交易号; pedido; numero do pedido; numero de pedido; bestellnummer; rechnungsnummer; commande;
            numero de commande
        """,
        "customer_id": """
            customer id; customer number; customer no; customer; member id; member no; member; user id; user;
            client id; client; buyer; card no; email; account id; 客户编号; 客户id; 客户号; 客户; 会员号; 会员编号;
            会员id; 会员卡号; 会员; 用户id; 用户; 买家; cliente; id cliente; kundennummer; kunde; client no
        """,
        "at": """
            paid at; paid on; purchased at; purchase date; purchased on; bought at; bought on; ordered at;
            order date; order time; invoice date; invoicedate; transaction date; transaction time; sale date;
            date time; datetime; timestamp; date; day; created at; 支付时间; 付款时间; 购买日期; 购买时间; 下单时间;
            下单日期; 订单日期; 订单时间; 交易时间; 交易日期; 消费时间; 消费日期; 日期; 时间; data da compra; data;
            fecha de compra; fecha; kaufdatum; bestelldatum; datum; date d achat; date de commande
        """,
        "amount": """
            amount; net amount; paid; amount paid; total; line total; net; revenue; sales; spend; value;
            dollar value; 实付金额; 支付金额; 付款金额; 消费金额; 订单金额; 成交金额; 金额; 实付; 总额; valor;
            valor total; importe; total neto; betrag; nettobetrag; summe; montant; montant ht
        """,
        "unit_price": """
            unit price; unitprice; price; price each; 单价; 价格; preco unitario; precio unitario; preis; prix
        """,
        "quantity": """
            quantity; qty; units; pieces; count; number of cds; 数量; 件数; quantidade; cantidad; menge; anzahl;
            quantite
        """,
        "sku": """
            sku; article; article no; item; product id; product code; stock code; stockcode; 货号; 商品编码;
            商品编号; artikel
        """,
        "category": """
            category; product category; group; department; 品类; 类别; 分类; 商品类别; categoria; kategorie;
            categorie
        """,
        "tax": "tax; vat; tax amount; taxes; 税额; 税; imposto; impuesto; steuer; mwst; tva",
        "order_discount": "order discount; voucher; coupon; 订单优惠; 优惠券; 整单优惠",
        "paid_with_points": "paid with points; points amount; 积分抵扣; 积分支付",
        "channel": "channel; sales channel; source; 渠道; 销售渠道; 来源; canal; kanal; canal de venda",
        "currency": "currency; currency code; 币种; 货币; moeda; moneda; wahrung; devise",
        "enrolled_at": """
            enrolled at; enrolled on; joined; joined at; joined on; member since; 入会时间; 入会日期; 注册时间;
            注册日期
        """,
        "birthday": "birthday; birth date; date of birth; born; born on; 生日; 出生日期",
    }
)
"""What the columns of purchases are called, by what they mean; a column that may be two things is the earlier one."""

UNITS = lists_of(
    {
        "seconds": "seconds; second; secs; sec; s; 秒; segundos; sekunden; secondes",
        "minutes": "minutes; minute; mins; min; m; 分钟; 分; minutos; minuten",
        "hours": "hours; hour; hrs; hr; h; 小时; horas; stunden; heures",
        "days": "days; day; d; 天; dias; tage; jours",
    }
)
"""What units of time are called."""

LENGTHS = lists_of(
    {
        "first_replied_at": """
            first response; first reply; response; reply; 首次响应; 首次回复; 响应; primeira resposta; resposta;
            primera respuesta; respuesta; erste antwort; antwort; premiere reponse; reponse
        """,
        "resolved_at": """
            resolution; resolve; resolved; solve; solved; solution; 完成; 解决; resolucao; solucao; resolucion;
            solucion; losung
        """,
    }
)
"""What a column of lengths of time speaks of."""

OPEN_HOURS = ("business", "working", "bhrs", "工作时", "营业", "uteis", "habiles", "arbeits", "ouvre")
"""What the name of a length in open hours has in it."""

_LAST_WORDS = ("at", "on", "time", "date", "dt", "datetime", "timestamp", "day")


def base(name: str) -> str:
    """A plain name without the word at its end that only says that it is a stamp.

    >>> base("opened at"), base("opened time"), base("time")
    ('opened', 'opened', 'time')
    """
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in _LAST_WORDS else name


def plain(name: str) -> str:
    """A name as these lists have it: in lower case, without accents and signs, words apart.

    >>> plain("Última_Atualização"), plain("firstResponseMinutes"), plain("工单号")
    ('ultima atualizacao', 'first response minutes', '工单号')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    decomposed = unicodedata.normalize("NFKD", apart.casefold())
    letters = (
        character if character.isalnum() else " " for character in decomposed if not unicodedata.combining(character)
    )
    return " ".join("".join(letters).split())
