# 人读的每一句话。键与 en.ftl 相同。

## 词
tier-name = { $tier }类客户
customers-count = { $count } 家客户

## 分级理由
reason-contribution-I = 贡献额居前
reason-contribution-II = 贡献额居中
reason-contribution-III = 贡献额较小
reason-nothing = 统计期内没有贡献
reason-watch = 按关注规则“{ $rule }”暂不服务
reason-held = 保持上次的分级：离分界线太近，不作变动
reason-potential = 潜力大，可带来的远多于现在（潜力 { $potential }）
reason-potential-growth = 预计下一期贡献 { $expected }，为现在 { $value } 的 { $times } 倍
reason-potential-new = { $first } 首次购买；按目前的速度可贡献 { $expected }，为至今 { $value } 的 { $times } 倍
reason-potential-stated = 自报潜力 { $stated }，现在购买 { $value }

## 各报告通用
type-innovative = 创新型
type-conservative = 保守型
channel-direct = 直接管理
channel-distributor = 渠道商管理
channel-none = 暂不服务
no-visits = 无
group = 分组
customers = 客户数
all-customers = 全部客户
share = 占比
tier = 分级
type = 类型
served-by = 管理方式
visits-each = 拜访频次
visits-all = 拜访总数
hours = 工时
budget-share = 预算占比
warnings = 请注意
metric-sales = 销售额
metric-margin = 毛利
metric-lifetime = 客户终身价值
metric-score = 综合得分
period = 统计期：{ $from } 至 { $to }。
period-to = 统计至 { $to }。
period-none = 数据不含日期，全部计入。

## 最重要的一句话
headline = { $customers } 家客户中的 { $core } 家（{ $share }）贡献了 { $brings } 的{ $metric }。
headline-nobody = 本期没有客户贡献{ $metric }。
headline-promoted = 另有 { $count } 家客户因潜力突出列入Ⅰ类。
headline-eighty = 本数据的二八关系：前 20% 的客户贡献 { $brings }；80% 的{ $metric }来自 { $share } 的客户。

## 终端
plan-title = 服务计划（{ $days } 天）
rows-read = 记录：读入 { $read } 行，采用 { $used } 行，按规则剔除 { $filtered } 行，无法读取 { $rejected } 行。
and-more = 另有 { $count } 条
filter-no-customer = 无客户编号（散客）
filter-blank-line = 空行
filter-no-product = 无产品编号
filter-same-product-again = 产品重复列出
filter-after-as-of = 晚于统计截止日
look-next = 接下来请看：
file-html = 可展示的报告
file-xlsx = 可继续加工的工作簿
file-customers = 每家客户的分级、类型、计划与理由
file-plan = 按分级与类型的服务计划
file-visits = 何时拜访谁、为什么
file-rejects = 无法读取的记录
file-summary = 参数、分界点、行数与校验值
