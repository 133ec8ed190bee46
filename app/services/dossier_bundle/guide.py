"""The text that goes with every bundle: what is in it, and how to check it without this system."""

GUIDE = """\
案卷包说明

一、内容
　　00-案卷目录　　　卷宗封面、卷内目录、备考表
　　documents/　　　　制发的文书，与发出时逐字节相同
　　attachments/　　　当事人和各单位提交的材料，与提交时逐字节相同
　　history/*.txt　　 各事项的办理过程（供阅读）；同名 .json 为机器可读的全部记录
　　terms/*.txt　　　 期限台账：逐日记明是否计入及其理由
　　law/　　　　　　　办理时适用的规则集和工作日历，据此可以重新计算各项期限
　　certificates/　　 核验数字签名所用的证书
　　people.json　　　 案卷涉及的人员（仅姓名）、单位
　　rows.json、files.json、chain.json　　供导入系统使用的数据、文件清单、历史记录校验结果
　　manifest.json　　 清单：以上每个文件的大小和SHA-256值
　　manifest.sig　　　清单的数字签名（立卷机关设有签章证书时才有）

二、不使用本系统也能核对的
　　1. 文件是否被改动：计算SHA-256值，与清单所列比较。
　　　　sha256sum documents/*
　　2. 清单是否由立卷机关签署（先从立卷机关另行取得其根证书，与 certificates/root.pem 比较）：
　　　　openssl verify -CAfile 根证书.pem certificates/signer.pem
　　　　openssl x509 -in certificates/signer.pem -pubkey -noout > signer.pub
　　　　openssl dgst -sha256 -verify signer.pub -signature manifest.sig manifest.json
　　3. 文书上的数字签名：
　　　　pyhanko sign validate --trust 根证书.pem --pretty-print 文书.pdf
　　4. 办理记录的前后次序：每条记录的摘要值（digest）= SHA-256（上一条的摘要值 + 换行符 + 本条的 body），
　　　　第一条的上一条为空。任何一条被改动、删去、插入或者调换，其后各条的摘要值都会不同。

三、只有持有密钥的原系统才能核对的
　　history/*.json 中每条记录的 mac，是原系统用不公开的密钥（HMAC-SM3）计算的校验值，
　　用来防止有权操作数据库的人事后改写历史。密钥不在案卷包中。需要核对时，请立卷机关或者法院委托的鉴定机构
　　在原系统执行 audit verify，并核对 chain.json 所列的存证。

四、个人信息
　　本案卷含有个人信息，仅供调取时所述用途使用，用毕按规定保管或者销毁。
"""
