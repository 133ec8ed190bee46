"""What is said of a file that is not taken: what is wrong with it and how to mend it."""

_AGAIN = "后重新上传。"
_SAVE_AS = "请用 Excel 或者 WPS 打开，另存为“Excel 工作簿（.xlsx）”" + _AGAIN

REFUSALS = {
    "empty": "文件是空的。请确认文件能够打开、内容已经保存" + _AGAIN,
    "too_large": "文件为{size}MB，超过{most}MB的上限。请删去图片和多余的工作表，或者分成几个文件" + _AGAIN,
    "too_big_inside": "文件展开后过大（上限{most}MB），疑似异常的压缩文件。请将数据复制到新的工作簿中另存" + _AGAIN,
    "too_much": "文件内容过多（上限{most}MB）。请分成几个文件" + _AGAIN,
    "too_many_rows": "数据超过{most}行。请分成几个文件" + _AGAIN,
    "too_many_columns": "列数超过{most}列。请使用模板，删去多余的列" + _AGAIN,
    "locked": "文件设有打开密码，无法读取。请在“文件→信息→保护工作簿”中取消密码，另存" + _AGAIN,
    "old_format": "文件是旧格式的 Excel 工作簿（.xls）或者其他 Office 文档。" + _SAVE_AS,
    "binary_workbook": "文件是二进制工作簿（.xlsb）。" + _SAVE_AS,
    "macros": "文件含有宏（.xlsm）。为安全起见不接收含宏的文件。" + _SAVE_AS,
    "external_links": "文件含有指向其他工作簿的链接。请在“数据→编辑链接”中断开链接，另存" + _AGAIN,
    "embedded": "文件含有嵌入的对象、控件或者数据连接。请将数据复制到模板中" + _AGAIN,
    "entities": "文件内含有实体定义，疑似恶意构造的文件，未予读取。请将数据复制到新的工作簿中另存" + _AGAIN,
    "other_package": "文件是压缩包或者其他打包文件，不是 Excel 工作簿。" + _SAVE_AS,
    "web_page": "文件内容是网页或者 XML，不是真正的 Excel 工作簿（有的系统导出的“.xls”即属此类）。" + _SAVE_AS,
    "not_a_table": "文件不是 Excel 工作簿（.xlsx），也不是 CSV 文本。请使用模板填写" + _AGAIN,
    "no_sheet": "工作簿中没有可见的工作表。请取消隐藏" + _AGAIN,
    "utf16": "文件是 UTF-16 编码的文本。请另存为“CSV UTF-8（逗号分隔）”" + _AGAIN,
    "encoding": "文件的文字编码无法识别。请另存为“CSV UTF-8（逗号分隔）”，或者使用 .xlsx 模板" + _AGAIN,
    "quotes": "第{row}行前后的引号不成对，无法分列。请用 Excel 打开核对，另存" + _AGAIN,
    "damaged": "文件已损坏，无法打开。请用 Excel 或者 WPS 打开后另存为新文件" + _AGAIN,
    "unreadable": "文件的内部结构不正常，无法读取。请将数据复制到模板中" + _AGAIN,
    "too_slow": "读取文件超过{seconds}秒未完成，已中止。请将数据复制到新的工作簿中，或者分成几个文件" + _AGAIN,
}
