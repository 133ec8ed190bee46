"""What services say in Chinese, on an English page: looked up, put together, or marked as content."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from markupsafe import Markup

from app.web.days_in_english import spoken_day, spoken_length
from app.web.speaking import content, language_of, marked, plain, said, translated
from tests.support.english_pages import left_in_chinese
from tests.support.source_tree import ROOT


@pytest.fixture
def english() -> Iterator[None]:
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.usefixtures("english")
class TestInEnglish:
    @pytest.mark.parametrize(
        ("chinese", "words"),
        [
            ("受理", "Accept"),
            ("2026年11月21日", "21 November 2026"),
            ("三个工作日", "3 working days"),
            ("轻微、一般、严重", "minor, ordinary, serious"),
            ("计入；最后一日为双休日，顺延", "counted; the last day falls on: weekend, so it moves on"),
            ("《收件回执》", "“Receipt”"),
            ("拟办事项：审定", "Proposed act: Decide"),
            (
                "放假安排：2027年的安排不完整，没有写明下列法定节假日：2027年1月1日（元旦）",
                (
                    "Days: the arrangement of 2027 is not complete. These statutory holidays are not named: "
                    "1 January 2027 (New Year)"
                ),
            ),
        ],
    )
    def test_a_sentence_of_ours_is_put_together(self, chinese: str, words: str) -> None:
        assert translated(chinese) == said(chinese) == words

    def test_what_somebody_wrote_is_marked(self) -> None:
        assert said("催办意见：请“尽快”<b>办理") == (
            'Words of the reminder: <span lang="zh-CN">请“尽快”&lt;b&gt;办理</span>'
        )
        assert content("王测试") == Markup('<span lang="zh-CN">王测试</span>')
        assert marked("Look at 示信异〔2026〕12号 first") == ('Look at <i lang="zh-CN">示信异〔2026〕12号</i> first')

    def test_a_label_without_english_words_stays_bare_for_the_walk_to_find(self) -> None:
        assert translated("没有译文的标签") == "没有译文的标签"
        assert not isinstance(translated("没有译文的标签"), Markup)

    def test_an_attribute_holds_no_marks(self) -> None:
        assert plain("催办意见：请办理") == "Words of the reminder: 请办理"
        assert language_of("王测试") == ' lang="zh-CN"'
        assert language_of("Accept") == ""


def test_days_and_lengths() -> None:
    assert spoken_day("2026年11月21日 09:30") == "21 November 2026 09:30"
    assert spoken_day("9月14日至20日") == "14 to 20 September"
    assert spoken_day("10月26日至11月1日") == "26 October to 1 November"
    assert spoken_day("13月1日") == ""
    assert spoken_length("一年") == "1 year"
    assert spoken_length("二十五个工作日") == "25 working days"
    assert spoken_length("一百二十日") == "120 days"
    assert spoken_length("受理") == ""


def test_the_scan_of_a_page_tells_content_from_what_was_forgotten() -> None:
    own = frozenset({"受理"})
    assert left_in_chinese('<html lang="en"><p>受理</p>', own) == {"受理"}
    assert left_in_chinese('<html lang="en"><p>By <span lang="zh-CN">王测试</span></p>', own) == set()
    assert left_in_chinese('<html lang="en"><p><span lang="zh-CN">受理</span></p>', own) == {"受理"}
    assert left_in_chinese('<a aria-label="Open 王测试">x</a><i lang="zh-CN">王测试</i>', own) == set()
    assert left_in_chinese('<a aria-label="打开 王测试">x</a><i lang="zh-CN">王测试</i>', own) == {"打开 王测试"}
    assert left_in_chinese('<a title="By <span lang=', own) == {'="By <span lang='}
