//! The files and their columns, in both languages.

use super::params::Language;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Date,
}

/// A file: its name without ending, and its columns as (English, Chinese, what it holds).
pub(super) struct Table {
    pub(super) name: &'static str,
    columns: &'static [(&'static str, &'static str, Holds)],
}

use Holds::{Date, Number, Text};

pub(super) const TRANSACTIONS: Table = Table {
    name: "transactions",
    columns: &[
        ("customer_id", "客户编号", Text),
        ("date", "日期", Date),
        ("order_id", "订单号", Text),
        ("product_id", "产品编号", Text),
        ("quantity", "数量", Number),
        ("amount", "金额", Number),
        ("cost", "成本", Number),
    ],
};

pub(super) const CUSTOMERS: Table = Table {
    name: "customers",
    columns: &[
        ("customer_id", "客户编号", Text),
        ("name", "客户名称", Text),
        ("region", "区域", Text),
        ("rep", "业务员", Text),
        ("lat", "纬度", Number),
        ("lon", "经度", Number),
        ("potential", "潜力", Number),
        ("purchase_stage", "购买阶段", Text),
        ("shop_type", "店铺类型", Text),
        ("employees", "员工数", Number),
        ("owner_age", "店主年龄", Number),
    ],
};

pub(super) const PRODUCTS: Table = Table {
    name: "products",
    columns: &[
        ("product_id", "产品编号", Text),
        ("category", "类别", Text),
        ("launch_date", "上市日期", Date),
    ],
};

pub(super) const REPS: Table = Table {
    name: "reps",
    columns: &[
        ("rep", "业务员", Text),
        ("hours_per_day", "每日工时", Number),
        ("visits_per_day", "每日拜访数", Number),
        ("days_per_week", "每周天数", Number),
        ("lat", "纬度", Number),
        ("lon", "经度", Number),
    ],
};

pub(super) const VISITS: Table = Table {
    name: "visits",
    columns: &[
        ("customer_id", "客户编号", Text),
        ("date", "日期", Date),
        ("rep", "业务员", Text),
        ("outcome", "结果", Text),
    ],
};

/// Headers are English in any language: the truth is for programs.
pub(super) const TRUTH: Table = Table {
    name: "truth",
    columns: &[
        ("customer_id", "customer_id", Text),
        ("tier", "tier", Text),
        ("type", "type", Text),
        ("high_potential", "high_potential", Text),
        ("kind", "kind", Text),
        ("expected", "expected", Number),
        ("expected_next", "expected_next", Number),
    ],
};

/// Everything that is also written as a workbook.
pub(super) const INPUTS: [&Table; 5] = [&TRANSACTIONS, &CUSTOMERS, &PRODUCTS, &REPS, &VISITS];

impl Table {
    /// Its headers.
    pub(super) fn headers(&self, language: Language) -> Vec<&'static str> {
        self.columns
            .iter()
            .map(|(english, chinese, _)| if language == Language::Chinese { *chinese } else { *english })
            .collect()
    }

    /// What column `index` holds.
    pub(super) fn holds(&self, index: usize) -> Holds {
        self.columns.get(index).map_or(Text, |column| column.2)
    }
}
