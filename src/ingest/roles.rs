//! Which column plays which role: by header synonyms in English and Chinese, or as the user says.

use std::path::Path;

use crate::error::{Error, Fault, Result, nearest};

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
    (Margin, "margin", &["margin", "grossmargin", "profit", "grossprofit", "contribution", "profitcontribution", "毛利", "毛利额", "利润", "利润贡献", "边际贡献"]),
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
    /// The role of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        ROLES.iter().find(|(_, known, _)| *known == name).map(|(role, ..)| *role)
    }

    /// As the command line and the documentation write it.
    pub fn as_str(self) -> &'static str {
        ROLES.iter().find(|(role, ..)| *role == self).map_or("", |(_, name, _)| name)
    }

    fn synonyms(self) -> &'static [&'static str] {
        ROLES.iter().find(|(role, ..)| *role == self).map_or(&[], |(.., synonyms)| synonyms)
    }

    /// Where in a header the column of this role stands by its synonyms, the most telling first; none without one.
    pub fn column_in<S: AsRef<str>>(self, header: &[S]) -> Option<usize> {
        let header: Vec<String> = header.iter().map(|name| plain(name.as_ref())).collect();
        self.synonyms().iter().find_map(|synonym| header.iter().position(|name| name == synonym))
    }

    /// True if several columns may be added up for this role.
    fn is_amount(self) -> bool {
        matches!(self, Amount | Cost | Sales | Margin | Potential | Quantity)
    }
}

/// What the user says of columns: `--map role=Column`, in the order given, and which files have no header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mappings {
    pairs: Vec<(Role, String)>,
    further: Vec<(String, String)>,
    spoken_of: Vec<String>,
    headerless: Option<&'static str>,
}

impl Mappings {
    /// Reads `role=Column` pairs; `columns` are names without a role that the recipe speaks of.
    ///
    /// # Errors
    /// E102 for each pair without `=` or with a name that is neither.
    pub fn parse<S: AsRef<str>>(pairs: &[S], columns: &[&str]) -> Result<Self> {
        let others: Vec<&str> = columns.iter().copied().filter(|name| Role::named(name).is_none()).collect();
        // Sales and margin have a meaning besides what the table states: transactions may say more.
        let stated = |name: &&&str| !matches!(Role::named(name), Some(Sales | Margin));
        let spoken_of = columns.iter().filter(stated).map(|name| (*name).to_owned()).collect();
        let mut mappings = Mappings { spoken_of, ..Mappings::default() };
        let mut faults = Vec::new();
        for pair in pairs {
            let pair = pair.as_ref();
            let Some((role, column)) = pair.split_once('=') else {
                faults.push(
                    Fault::new(102, format!("--map \"{pair}\" has no \"=\""))
                        .hint("write --map role=\"Column\", for example --map customer_id=\"Store Number\""),
                );
                continue;
            };
            let (role, column) = (role.trim(), column.trim().to_owned());
            match Role::named(role) {
                Some(role) => mappings.pairs.push((role, column)),
                None if others.contains(&role) => mappings.further.push((role.to_owned(), column)),
                None => {
                    let roles: Vec<&str> = ROLES.iter().map(|(_, name, _)| *name).collect();
                    let near = nearest(role, roles.iter().chain(&others).copied())
                        .map(|name| format!("did you mean \"{name}\"? "))
                        .unwrap_or_default();
                    let all = roles.join(", ");
                    let others = if others.is_empty() {
                        String::new()
                    } else {
                        format!("; the recipe also speaks of {}", others.join(", "))
                    };
                    faults.push(
                        Fault::new(102, format!("--map names the unknown role \"{role}\""))
                            .hint(format!("{near}the roles are {all}{others}")),
                    );
                }
            }
        }
        Error::unless_empty(faults)?;
        Ok(mappings)
    }

    /// Says that files read as `table` (`transactions` or `customers`) have no header: their columns are called 1, 2, 3, ….
    #[must_use]
    pub fn without_header_in(mut self, table: &'static str) -> Self {
        self.headerless = Some(table);
        self
    }

    /// True if files read as `table` begin with a header.
    pub(super) fn header_in(&self, table: &str) -> bool {
        self.headerless != Some(table)
    }

    /// The mappings as given, `role=Column`.
    pub fn words(&self) -> Vec<String> {
        let roles = self.pairs.iter().map(|(role, column)| format!("{}={column}", role.as_str()));
        roles.chain(self.further.iter().map(|(name, column)| format!("{name}={column}"))).collect()
    }

    /// Columns that the recipe speaks of, by the headers it gives them.
    pub fn spoken_of(&self) -> impl Iterator<Item = &str> {
        self.spoken_of.iter().map(String::as_str)
    }

    /// Columns without a role that the user named, `(name, header)`.
    pub fn further(&self) -> impl Iterator<Item = (&str, &str)> {
        self.further.iter().map(|(name, column)| (name.as_str(), column.as_str()))
    }

    fn columns(&self, role: Role) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(mapped, _)| *mapped == role).map(|(_, column)| column.as_str())
    }

    /// Faults for mapped columns that no file has.
    ///
    /// # Errors
    /// E202, one for each.
    pub fn check_all_used(&self, headers: &[&[String]]) -> Result<()> {
        let mut faults = Vec::new();
        for (role, column) in &self.pairs {
            let found = headers.iter().any(|header| locate(header, column, *role).is_some());
            if !found {
                let known = headers.iter().copied().flatten().map(String::as_str);
                let near = nearest(column, known).map(|name| format!("; the nearest is \"{name}\""));
                faults.push(
                    Fault::new(
                        202,
                        format!(
                            "--map {}=\"{column}\": no file has this column{}",
                            role.as_str(),
                            near.unwrap_or_default()
                        ),
                    )
                    .hint("name a column of the header as it is written there"),
                );
            }
        }
        Error::unless_empty(faults)
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
fn locate(header: &[String], column: &str, role: Role) -> Option<ColumnRef> {
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

/// The roles found in one file's header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RoleMap(Vec<(Role, ColumnRef)>);

impl RoleMap {
    /// Finds the roles `wanted` in a header: what the user mapped, then synonyms.
    ///
    /// # Errors
    /// E209 if two columns carry the header that was taken.
    pub(super) fn find(file: &Path, header: &[String], wanted: &[Role], mappings: &Mappings) -> Result<Self> {
        let mut found: Vec<(Role, ColumnRef)> = Vec::new();
        let mut faults = Vec::new();
        let mut taken: Vec<usize> = Vec::new();
        for &role in wanted {
            let mut places = mappings.columns(role).filter_map(|column| locate(header, column, role));
            if let Some(place) = places.next() {
                if places.any(|other| other != place) {
                    let cause = format!("two columns of this file are mapped to {}", role.as_str());
                    let hint = if role.is_amount() {
                        "map one, or both added up: --map amount=First+Second"
                    } else {
                        "map one of them"
                    };
                    faults.push(Fault::new(209, cause).in_file(file).at_line(1).hint(hint));
                }
                if let ColumnRef::Columns(columns) = &place {
                    taken.extend(columns);
                }
                found.push((role, place));
            }
        }
        let plain: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
        for &role in wanted {
            if found.iter().any(|(known, _)| *known == role) {
                continue;
            }
            for synonym in role.synonyms() {
                let mut places =
                    (0..header.len()).filter(|place| plain[*place] == *synonym && !taken.contains(place));
                let Some(place) = places.next() else { continue };
                if let Some(second) = places.next() {
                    faults.push(
                        Fault::new(
                            209,
                            format!(
                                "columns {} and {} both look like {}",
                                place + 1,
                                second + 1,
                                role.as_str()
                            ),
                        )
                        .in_file(file)
                        .at_line(1)
                        .in_column(&*header[place])
                        .hint("rename one of them: a mapping cannot tell equal headers apart"),
                    );
                }
                taken.push(place);
                found.push((role, ColumnRef::Columns(vec![place])));
                break;
            }
        }
        Error::unless_empty(faults)?;
        Ok(RoleMap(found))
    }

    /// Where a role's cells come from.
    pub(super) fn get(&self, role: Role) -> Option<&ColumnRef> {
        self.0.iter().find(|(known, _)| *known == role).map(|(_, place)| place)
    }

    /// The single column of a role.
    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.get(role).and_then(ColumnRef::single)
    }

    /// All columns that play a role.
    pub(super) fn taken(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|(_, place)| match place {
            ColumnRef::Columns(columns) => columns.clone(),
            ColumnRef::RowNumber => Vec::new(),
        })
    }

    /// `(role, column)` pairs for the record.
    pub(super) fn words(&self, header: &[String]) -> Vec<(String, String)> {
        let name = |place: &ColumnRef| match place {
            ColumnRef::RowNumber => "@row".to_owned(),
            ColumnRef::Columns(columns) => {
                columns.iter().map(|column| header[*column].as_str()).collect::<Vec<_>>().join("+")
            }
        };
        self.0.iter().map(|(role, place)| (role.as_str().to_owned(), name(place))).collect()
    }

    /// Those of `needed` that are not there.
    pub(super) fn absent(&self, needed: &[Role]) -> impl Iterator<Item = Role> {
        needed.iter().copied().filter(|role| self.get(*role).is_none())
    }

    /// A fault for each of `needed` that is not there.
    pub(super) fn missing(&self, file: &Path, header: &[String], needed: &[Role]) -> Vec<Fault> {
        self.absent(needed).map(|role| missing_role(file, header, role)).collect()
    }
}

/// The fault that names a missing role, the columns there are and the nearest.
pub(super) fn missing_role(file: &Path, header: &[String], role: Role) -> Fault {
    let plain: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
    let near = role.synonyms().iter().find_map(|synonym| {
        let near = nearest(synonym, plain.iter().map(String::as_str))?;
        plain.iter().position(|cell| cell == near).map(|place| header[place].as_str())
    });
    let columns = header.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(", ");
    let role_name = role.as_str();
    let like_data = header.iter().any(|cell| cell.parse::<f64>().is_ok());
    let numbered = header.iter().enumerate().all(|(place, cell)| *cell == (place + 1).to_string());
    // Guessing at a column that is not even near would send the user astray.
    let named = match near {
        Some(name) => format!("name the column: --map {role_name}=\"{name}\""),
        None if numbered => format!("name the column by its number: --map {role_name}=1"),
        None if like_data => format!(
            "the first line looks like data: if there is no header, give --no-header and name columns by number, such as --map {role_name}=1"
        ),
        None => format!("name the column: --map {role_name}=\"Column\""),
    };
    let near = near.map(|name| format!("; the nearest is \"{name}\"")).unwrap_or_default();
    Fault::new(202, format!("no column for {role_name}; the columns are {columns}{near}"))
        .in_file(file)
        .hint(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    fn find(cells: &[&str], pairs: &[&str]) -> RoleMap {
        let wanted = [CustomerId, Date, Amount, OrderId, ProductId, Quantity, UnitPrice];
        RoleMap::find(Path::new("t.csv"), &header(cells), &wanted, &Mappings::parse(pairs, &[]).unwrap())
            .unwrap()
    }

    #[test]
    fn synonyms_in_two_languages() {
        let map =
            find(&["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], &[]);
        assert_eq!(map.column(CustomerId), Some(5));
        assert_eq!(map.column(OrderId), Some(0));
        assert_eq!(map.column(ProductId), Some(1));
        assert_eq!(map.column(Amount), None);
        let map = find(&["客户编号", "日期", "销售额"], &[]);
        assert_eq!(
            (map.column(CustomerId), map.column(Date), map.column(Amount)),
            (Some(0), Some(1), Some(2))
        );
    }

    #[test]
    fn mappings_go_first_and_may_add_columns() {
        let map =
            find(&["customer_id", "Who", "date", "Milk", "Fresh"], &["customer_id=who", "amount=Fresh+Milk"]);
        assert_eq!(map.column(CustomerId), Some(1));
        assert_eq!(map.get(Amount), Some(&ColumnRef::Columns(vec![4, 3])));
        assert_eq!(find(&["a"], &["customer_id=@row"]).get(CustomerId), Some(&ColumnRef::RowNumber));
    }

    #[test]
    fn a_missing_role_names_the_nearest_column() {
        let fault = missing_role(Path::new("t.csv"), &header(&["custmer id", "x"]), CustomerId);
        assert!(fault.cause.contains("the nearest is \"custmer id\""), "{}", fault.cause);
    }

    #[test]
    fn no_column_is_named_that_is_not_near() {
        let hint =
            |cells: &[&str]| missing_role(Path::new("t.csv"), &header(cells), CustomerId).action.unwrap();
        assert!(hint(&["Channel", "Fresh"]).contains("customer_id=\"Column\""));
        assert!(hint(&["00004", "19970101", "29.33"]).contains("--no-header"));
        assert!(hint(&["1", "2", "3"]).contains("by its number"));
    }

    #[test]
    fn equal_headers_for_one_role_are_a_fault() {
        let headers = header(&["Customer ID", "customer_id", "date"]);
        let error =
            RoleMap::find(Path::new("t.csv"), &headers, &[CustomerId], &Mappings::default()).unwrap_err();
        assert!(error.has_code(209));
    }

    #[test]
    fn unknown_roles_are_told() {
        let error = Mappings::parse(&["custmer_id=x", "date"], &[]).unwrap_err();
        assert_eq!(error.faults.len(), 2);
        assert!(error.to_string().contains("did you mean \"customer_id\""));
    }
}
