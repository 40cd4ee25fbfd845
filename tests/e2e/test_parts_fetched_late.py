"""What is fetched late is not missed where there is no network to fetch it by."""

from playwright.async_api import expect

from tests.e2e.visitor import Visitor


async def test_a_message_that_cannot_be_sent_stands_there_though_nobody_had_written_before(visitor: Visitor) -> None:
    visitor.watch.expects += ["ERR_INTERNET_DISCONNECTED", "Failed to fetch dynamically imported module"]
    await visitor.begin()
    await visitor.say("First")
    session_id = await visitor.wait_for_session()
    await expect(visitor.answer_to("First")).to_have_text("Understood.")
    again = await visitor.second_tab()
    await again.open_session(session_id)
    await expect(again.answer_to("First")).to_have_text("Understood.")
    await again.page.context.set_offline(True)
    await expect(again.page.get_by_role("main").get_by_text("Offline.")).to_be_visible()
    await again.say("Second")
    await expect(again.turn("Second").get_by_text("Waiting to be sent")).to_be_visible()
    await again.page.context.set_offline(False)
    await expect(again.answer_to("Second")).to_have_text("Understood.")


async def test_what_cannot_be_fetched_is_said_leaves_the_talk_standing_and_comes_later(visitor: Visitor) -> None:
    visitor.watch.expects += ["ERR_INTERNET_DISCONNECTED", "Failed to fetch dynamically imported module"]
    page = visitor.page
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_have_text("Understood.")
    await visitor.composer.fill("Half a thought")
    await page.context.set_offline(True)
    await expect(page.get_by_role("main").get_by_text("Offline.")).to_be_visible()
    await page.keyboard.press("Control+/")
    await expect(visitor.notice("You are offline.")).to_be_visible()
    await visitor.turn("First").get_by_role("button", name="Worked").click()
    await expect(visitor.turn("First").get_by_role("button", name="Retry", exact=True).first).to_be_visible()
    await expect(visitor.answer_to("First").first).to_have_text("Understood.")
    await expect(visitor.composer).to_have_value("Half a thought")

    await page.context.set_offline(False)
    await expect(page.get_by_role("main").get_by_text("Offline.")).to_be_hidden()
    await page.keyboard.press("Control+/")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
