//! Names of customers, reps and regions; made up, repeating, the same for the same seed.

use super::draw::scramble;

/// A region: its name and the centre of its customers, degrees.
pub(super) const REGIONS: [(&str, f64, f64); 8] = [
    ("Kunming", 25.04, 102.71),
    ("Dali", 25.59, 100.23),
    ("Qujing", 25.49, 103.80),
    ("Yuxi", 24.35, 102.55),
    ("Chuxiong", 25.04, 101.55),
    ("Honghe", 23.37, 103.38),
    ("Baoshan", 25.11, 99.17),
    ("Zhaotong", 27.34, 103.72),
];

const REPS: [&str; 16] = [
    "Wang Fang",
    "Li Wei",
    "Zhang Min",
    "Liu Yang",
    "Chen Jing",
    "Yang Lei",
    "Zhao Li",
    "Huang Tao",
    "Zhou Ping",
    "Wu Gang",
    "Xu Hong",
    "Sun Bo",
    "Ma Yan",
    "Zhu Jun",
    "Hu Xin",
    "Guo Qiang",
];

/// Kinds of shop, with the ending of a Chinese and of an English name.
pub(super) const SHOPS: [(&str, &str, &str); 6] = [
    ("supermarket", "超市", "Supermarket"),
    ("convenience", "便利店", "Corner Shop"),
    ("grocery", "商行", "Grocery"),
    ("restaurant", "饭店", "Kitchen"),
    ("pharmacy", "药房", "Pharmacy"),
    ("trading", "商贸有限公司", "Trading Co., Ltd."),
];

const LUCKY: [&str; 20] = [
    "宏", "兴", "隆", "泰", "鑫", "福", "源", "和", "顺", "达", "瑞", "祥", "永", "昌", "盛", "恒", "嘉",
    "悦", "安", "康",
];
const FIRST: [&str; 12] = [
    "Golden",
    "Green",
    "Silver",
    "Bright",
    "Happy",
    "Lucky",
    "Jade",
    "Red",
    "New",
    "Old Town",
    "Riverside",
    "Spring",
];
const SECOND: [&str; 12] = [
    "Lake", "Mountain", "Dragon", "Lotus", "Star", "Bridge", "Garden", "Phoenix", "Bamboo", "Cloud", "Gate",
    "Moon",
];

/// The shop of a customer: its kind and its name, Chinese for three in five.
pub(super) fn shop(seed: u64, customer: u64) -> (&'static str, String) {
    let mut bits = scramble(seed ^ 0x6E61_6D65, customer);
    let mut pick = |n: usize| {
        let chosen = (bits % n as u64) as usize;
        bits /= n as u64;
        chosen
    };
    let (kind, chinese, english) = SHOPS[pick(SHOPS.len())];
    let name = if pick(5) < 3 {
        format!("{}{}{}{chinese}", LUCKY[pick(20)], LUCKY[pick(20)], if pick(3) == 0 { "源" } else { "" })
    } else {
        format!("{} {} {english}", FIRST[pick(12)], SECOND[pick(12)])
    };
    (kind, name)
}

/// The name of rep `index`.
pub(super) fn rep(index: usize) -> String {
    let name = REPS[index % REPS.len()];
    if index < REPS.len() { name.to_owned() } else { format!("{name} {}", index / REPS.len() + 1) }
}
