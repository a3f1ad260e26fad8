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
