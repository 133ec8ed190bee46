"""文书核验 and 导出案卷 in a real browser: a phone that scanned the code, and an officer with one form."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import MovableClock
from app.extensions import Installation
from app.services.dossier_bundle.checking import check_bundle
from tests.browser.support.checks import expect_good_page
from tests.browser.support.entering import sign_in
from tests.support.dossiers import FilingWorld
from tests.support.web_world import world_on

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Flask, clock: MovableClock) -> FilingWorld:
    made = FilingWorld(**vars(world_on(site, clock)))
    own: Installation = site.extensions["zhengcheng"]
    made.files = own.settings.files_dir
    return made


def test_whoever_scanned_a_code_sees_at_once_whether_the_paper_stands(page: Page, world: FilingWorld) -> None:
    """R141: signed out, at phone width: verdict first, hash whole, then the way to compare the file."""
    notice = world.notices(world.objection_in("decided"), "objection_decision")[0]
    page.goto(f"/verify/{notice.code}")
    expect(page.get_by_role("status")).to_have_text("本文书真实有效。")
    expect(page.get_by_text(str(notice.sha256))).to_be_visible()
    expect_good_page(page)


def test_a_code_typed_by_hand_is_looked_up_without_javascript(plain_page: Page, world: FilingWorld) -> None:
    """R141: the form takes it with blanks and in small letters; a wrong one says what is wrong."""
    notice = world.notices(world.record_in("annulled"), "record_decision")[0]
    plain_page.goto("/verify")
    plain_page.get_by_role("textbox", name="核验码").fill("0000")
    plain_page.get_by_role("button", name="查询").click()
    expect(plain_page.get_by_role("alert")).to_contain_text("没有数字0、1和字母I、L、O")
    plain_page.get_by_role("textbox", name="核验码").fill(f"{notice.code[:6]} {notice.code[6:]}".lower())
    plain_page.get_by_role("button", name="查询").click()
    expect(plain_page.get_by_role("status")).to_contain_text("已撤销")


def test_a_foreign_file_is_told_apart(page: Page, world: FilingWorld, tmp_path: Path) -> None:
    """R141: compared with the original of the code that the page is about."""
    notice = world.notices(world.objection_in("decided"), "objection_decision")[0]
    altered = tmp_path / "sheet.pdf"
    altered.write_bytes(b"%PDF-1.7\nsomething else\n%%EOF\n")
    page.goto(f"/verify/{notice.code}")
    page.get_by_label("文书的PDF原件").set_input_files(altered)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("status")).to_contain_text("与系统所存原件不一致")
    page.goto("/verify")
    expect_good_page(page)


def test_an_officer_takes_a_dossier_out_with_one_form(page: Page, world: FilingWorld, tmp_path: Path) -> None:
    """R20: 导出案卷 on the page of a case; the file is a bundle that holds."""
    case = world.objection_in("decided")
    sign_in(page, "officer")
    page.goto(f"/cases/{case}/dossier")
    expect_good_page(page)
    page.goto(f"/cases/{case}")
    page.locator("#dossier summary").click()
    page.get_by_label("导出用途").fill("人民法院调取证据")
    with page.expect_download() as started:
        page.get_by_role("button", name="导出案卷").click()
    started.value.save_as(tmp_path / "bundle.zip")
    assert case in {row["uid"] for row in check_bundle((tmp_path / "bundle.zip").read_bytes()).rows["cases"]}
