//! What columns can be, and the headers they go by in English and Chinese.

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the roles of the contract")]
pub enum Role {
    CustomerId,
    Date,
    Amount,
    OrderId,
    ProductId,
    Quantity,
    UnitPrice,
    Cost,
    Rep,
    Name,
    Sales,
    Margin,
    Potential,
    Region,
    Lat,
    Lon,
    PurchaseStage,
    LaunchDate,
    Category,
    Outcome,
    HoursPerDay,
    VisitsPerDay,
    DaysPerWeek,
    RepeatPurchases,
    LastPurchase,
    Observed,
    MeanSpend,
}

use Role::{
    Amount, Category, Cost, CustomerId, Date, DaysPerWeek, HoursPerDay, LastPurchase, Lat, LaunchDate, Lon,
    Margin, MeanSpend, Name, Observed, OrderId, Outcome, Potential, ProductId, PurchaseStage, Quantity,
    Region, Rep, RepeatPurchases, Sales, UnitPrice, VisitsPerDay,
};

/// Name of each role on the command line, then the headers it goes by: lower case, letters and
/// digits only, the most telling first.
#[rustfmt::skip]
const ROLES: &[(Role, &str, &[&str])] = &[
    (CustomerId, "customer_id", &["customerid", "customerno", "customernumber", "customercode", "custid", "clientid", "accountid", "accountnumber", "memberid", "userid", "buyerid", "storeid", "storenumber", "storeno", "shopid", "outletid", "customer", "client", "account", "store", "outlet", "buyer", "id",
        "客户编号", "客户编码", "客户代码", "客户id", "客户号", "会员编号", "会员号", "会员id", "用户编号", "用户号", "用户id", "门店编号", "门店编码", "终端编号", "终端编码", "零售户编码", "零售户编号", "许可证号", "医院编号", "医生编号", "户号", "商户编号", "商户号", "买家id", "买家编号", "客户", "买家", "医院", "医生", "门店", "商户", "编号"]),
    (Date, "date", &["date", "orderdate", "invoicedate", "transactiondate", "purchasedate", "saledate", "salesdate", "txndate", "visitdate", "datetime", "timestamp", "day",
        "日期", "订单日期", "交易日期", "购买日期", "销售日期", "下单日期", "下单时间", "交易时间", "开票日期", "发货日期", "拜访日期", "时间"]),
    (Amount, "amount", &["amount", "salesamount", "netamount", "totalamount", "linetotal", "lineamount", "sales", "saledollars", "salesdollars", "sale", "revenue", "turnover", "dollarvalue", "total",
        "金额", "销售金额", "销售额", "交易金额", "订单金额", "成交金额", "实付金额", "消费金额", "含税金额", "价税合计", "开票金额", "营业额", "总价", "总金额"]),
    (OrderId, "order_id", &["orderid", "orderno", "ordernumber", "invoiceno", "invoiceid", "invoicenumber", "invoiceitemnumber", "transactionid", "transactionno", "receiptno", "receiptid", "basketid", "order", "invoice", "receipt",
        "订单号", "订单编号", "订单id", "发票号", "单号", "单据编号", "交易号", "交易编号", "小票号", "流水号"]),
    (ProductId, "product_id", &["productid", "productcode", "productno", "productnumber", "itemid", "itemnumber", "itemno", "itemcode", "sku", "skuid", "stockcode", "articleno", "materialno", "product", "item",
        "产品编号", "产品编码", "产品代码", "产品id", "商品编号", "商品编码", "商品代码", "商品id", "物料号", "物料编码", "货号", "品规编码", "产品", "商品", "品规"]),
    (Quantity, "quantity", &["quantity", "qty", "units", "bottlessold", "pieces", "数量", "销售数量", "销量", "件数"]),
    (UnitPrice, "unit_price", &["unitprice", "price", "priceperunit", "单价", "销售单价", "价格"]),
    (Cost, "cost", &["cost", "linecost", "costamount", "totalcost", "cogs", "成本", "成本金额", "成本额"]),
    (Rep, "rep", &["rep", "salesrep", "repid", "repname", "representative", "salesperson", "salesman", "accountmanager", "owner",
        "业务员", "销售代表", "医药代表", "代表", "销售员", "客户经理", "负责人", "拜访人"]),
    (Name, "name", &["name", "customername", "clientname", "accountname", "storename", "shopname", "客户名称", "客户姓名", "门店名称", "企业名称", "单位名称", "名称", "姓名"]),
    (Sales, "sales", &["sales", "salesamount", "annualsales", "totalsales", "netsales", "revenue", "turnover", "amount", "销售额", "年销售额", "销售金额", "累计销售额", "采购额", "金额"]),
    (Margin, "margin", &["margin", "grossmargin", "profit", "grossprofit", "contribution", "profitcontribution", "毛利", "毛利额", "利润", "利润贡献", "利润贡献度", "边际贡献"]),
    (Potential, "potential", &["potential", "salespotential", "potentialsales", "capacity", "潜力", "潜力值", "潜在销售额", "销售潜力", "市场潜力"]),
    (Region, "region", &["region", "area", "territory", "district", "province", "区域", "地区", "大区", "省份", "片区", "城市"]),
    (Lat, "lat", &["lat", "latitude", "纬度"]),
    (Lon, "lon", &["lon", "lng", "long", "longitude", "经度"]),
    (PurchaseStage, "purchase_stage", &["purchasestage", "buyingstage", "stage", "购买阶段", "采购阶段", "购买意向", "阶段"]),
    (LaunchDate, "launch_date", &["launchdate", "listdate", "launch", "introduced", "introductiondate", "releasedate", "上市日期", "上市时间", "上架日期", "投放日期", "推出日期"]),
    (Category, "category", &["category", "categoryname", "productcategory", "producttype", "品类", "类别", "产品类别", "商品类别", "产品类型", "分类", "大类"]),
    (Outcome, "outcome", &["outcome", "result", "status", "结果", "拜访结果"]),
    (HoursPerDay, "hours_per_day", &["hoursperday", "dailyhours", "hours", "每日工时", "每天小时", "日工时"]),
    (VisitsPerDay, "visits_per_day", &["visitsperday", "dailyvisits", "callsperday", "每日拜访数", "每天拜访数", "日拜访量"]),
    (DaysPerWeek, "days_per_week", &["daysperweek", "weekdays", "每周天数", "每周工作天数", "每周工作日"]),
    (RepeatPurchases, "x", &["x", "frequency", "repeatpurchases", "repeats", "repeattransactions", "复购次数", "重复购买次数"]),
    (LastPurchase, "t_x", &["tx", "recency", "lastpurchase", "timeoflastpurchase", "末次购买时间"]),
    (Observed, "T", &["t", "tcal", "observed", "observation", "age", "tenure", "观察期"]),
    (MeanSpend, "mean_spend", &["meanspend", "zbar", "mx", "monetaryvalue", "monetary", "averagespend", "meanvalue", "m", "平均消费", "平均消费额", "客单价"]),
];

impl Role {
    /// As the command line and the documentation write them, in order.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        ROLES.iter().map(|(_, name, _)| *name)
    }

    /// The role of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        ROLES.iter().find(|(_, known, _)| *known == name).map(|(role, ..)| *role)
    }

    /// As the command line and the documentation write it.
    pub fn as_str(self) -> &'static str {
        ROLES.iter().find(|(role, ..)| *role == self).map_or("", |(_, name, _)| name)
    }

    pub(super) fn synonyms(self) -> &'static [&'static str] {
        ROLES.iter().find(|(role, ..)| *role == self).map_or(&[], |(.., synonyms)| synonyms)
    }

    /// Where in a header the column of this role stands by its synonyms, the most telling first; none without one.
    pub fn column_in<S: AsRef<str>>(self, header: &[S]) -> Option<usize> {
        let header: Vec<String> = header.iter().map(|name| plain(name.as_ref())).collect();
        self.synonyms().iter().find_map(|synonym| header.iter().position(|name| name == synonym))
    }

    /// True if several columns may be added up for this role.
    pub(super) fn is_amount(self) -> bool {
        matches!(self, Amount | Cost | Sales | Margin | Potential | Quantity)
    }
}

/// Where the cells of a role come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ColumnRef {
    /// One column, or several to be added up; indices into the header.
    Columns(Vec<usize>),
    /// The number of the row, the first below the header being 1.
    RowNumber,
}

impl ColumnRef {
    /// The column, if it is a single one.
    pub(super) fn single(&self) -> Option<usize> {
        match self {
            ColumnRef::Columns(columns) if columns.len() == 1 => columns.first().copied(),
            _ => None,
        }
    }
}

/// Header without case, spaces and signs.
pub(super) fn plain(header: &str) -> String {
    header.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column whose header is written like this, case aside if none is equal.
pub(super) fn locate_one(header: &[String], column: &str) -> Option<usize> {
    let name = column.trim();
    let same = header.iter().position(|cell| cell == name);
    same.or_else(|| header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name)))
}

/// Columns for a mapping: the whole name first, then names joined by `+`.
pub(super) fn locate(header: &[String], column: &str, role: Role) -> Option<ColumnRef> {
    if column == "@row" {
        return Some(ColumnRef::RowNumber);
    }
    if let Some(index) = locate_one(header, column) {
        return Some(ColumnRef::Columns(vec![index]));
    }
    if role.is_amount() && column.contains('+') {
        let columns: Option<Vec<usize>> = column.split('+').map(|name| locate_one(header, name)).collect();
        return columns.map(ColumnRef::Columns);
    }
    None
}
