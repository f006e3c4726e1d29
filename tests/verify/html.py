"""The report of a run as a page: well-formed, whole, safe, and looked at in a real browser.

    python3 tests/verify/html.py HTML_RUN

HTML_RUN is tests/unit/html_run.c: it writes reports of runs that were never measured.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import chromium

KINDS = ("shop", "hostile", "big", "empty")
SECTIONS = {"findings": "Findings", "endpoints": "Endpoints", "timelines": "Where the loop stood still",
            "stalls": "What held the loop", "predictions": "Predicted, not measured", "conditions": "How it was measured"}
# What the page of the shop has to say, wherever.
SAID = ["1 of 6 fixes changes what the application does", "BEHAVIOUR CHANGED", "NOT FIXED", "SLOWER", "NOT EXERCISED", "FIXED",
        "no fix to judge", "waits for the GIL: 84 % of the stall, held by a worker thread", "Missed by the analyser",
        "jinja2/environment.py:768", "stall missed by the analyser", "Of a busy loop", "rates.example.com:443 answers after 100 ms",
        "boto3: S3 client", "body $.generated_at", "66.7 requests/s", "a latency counts from when the request was due",
        "2,000 users, one request each 3 s, 4 workers", "± 4.0 %", "network namespace with loopback only",
        "frames read from memory", "CPython 3.11.2", "422: field required (body.file)", "$.totals[0].sum", "loopsafe verify shop.main:app",
        "3 answers were larger than 1 MB", "≥ 3,000", "2026-11-21 20:14:05 UTC", "Cost of the probe", "Noise between rounds", "longer than 5 ms", "1 notice"]
LIMITS = {"charts": 30, "marks": 64, "stops": 8, "bytes": 10_000_000}
HIDDEN = "\u202e\u0001\ufffe"

CONTRAST = """(() => {
  const number = text => text.match(/[\\d.]+/g).map(Number);
  const over = (top, below) => { const a = top[3] ?? 1; return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)); };
  const light = c => { const f = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
                       return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const ground = element => { const chain = []; for (let e = element; e; e = e.parentElement) chain.unshift(e);
    return chain.reduce((c, e) => over(number(getComputedStyle(e).backgroundColor), c), [255, 255, 255]); };
  const bad = [];
  let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || !element.getClientRects().length) continue;
    const back = ground(element), ink = over(number(style.color), back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
    seen++;
    if (ratio < (large ? 3 : 4.5)) bad.push(node.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
  }
  return {seen, bad: bad.slice(0, 5)};
})()"""
# Colours of charts against what they stand on: 3 is what graphics need.
CHART_CONTRAST = """(() => {
  const light = t => { const f = t.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
                       return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const probe = document.createElement('span'); document.body.append(probe);
  const of = name => { probe.style.color = `var(--${name})`; return light(getComputedStyle(probe).color); };
  const ground = of('wash');
  const result = Object.fromEntries(['blocked', 'cpu', 'gil', 'queue', 'ink', 'soft'].map(n => { const [a, b] = [of(n), ground].sort((x, y) => y - x);
    return [n, (a + 0.05) / (b + 0.05)]; }));
  probe.remove();
  return result;
})()"""
OVERFLOW = """(() => {
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const r = e.getBoundingClientRect();
    if (r.width && (r.right > innerWidth + 1 || r.left < -1) && getComputedStyle(e).position !== 'absolute' && !e.closest('svg')
        && !e.closest('thead')) bad.push(e.tagName + '.' + e.className + ' ' + Math.round(r.right));
  }
  return {page: document.documentElement.scrollWidth, window: innerWidth, bad: bad.slice(0, 5)};
})()"""
# Labels of one axis that lie on each other.
COLLISIONS = """(() => {
  let bad = 0;
  for (const axis of document.querySelectorAll('.axis')) {
    const boxes = [...axis.children].map(e => e.getBoundingClientRect()).sort((a, b) => a.left - b.left);
    for (let i = 1; i < boxes.length; i++) bad += boxes[i].left < boxes[i - 1].right - 1;
  }
  return bad;
})()"""


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def that(self, holds, what):
        self.passed += bool(holds)
        self.failed += not holds
        if not holds:
            print(f"failed: {what}")


def plain(text):
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def check_markup(checks, kind, text, tree):
    """What no report may hold, whatever the run's texts are."""
    elements = list(tree.iter())
    tags = collections.Counter(e.tag for e in elements)
    allowed = set("html head meta title style body header p code time h1 h2 h3 h4 ul ol li b i span small a nav main section table thead "
                  "tbody tr th td dl div dt dd article figure figcaption svg path defs pattern rect pre details summary".split())
    checks.that(set(tags) <= allowed, f"{kind}: elements {set(tags) - allowed}")
    attributes = {(e.tag, name) for e in elements for name in e.attrib}
    checks.that(not [a for a in attributes if a[1].startswith("on") or a[1] in ("src", "srcset", "action", "formaction", "data")],
                f"{kind}: attributes that load or run something")
    links = [e.get("href") for e in elements if e.get("href")]
    checks.that(all(re.fullmatch(r"#[a-z]+(-\d+)?", link) for link in links), f"{kind}: links that lead out of the page")
    ids = collections.Counter(e.get("id") for e in elements if e.get("id"))
    checks.that(all(count == 1 for count in ids.values()), f"{kind}: an id is there twice")
    checks.that({link[1:] for link in links} <= set(ids), f"{kind}: links that lead nowhere {sorted({i[1:] for i in links} - set(ids))[:3]}")
    styles = [e.get("style") for e in elements if e.get("style")]
    checks.that(all(re.fullmatch(r"(?:(?:left|width|bottom):[\d.]+%;?)+", style) for style in styles), f"{kind}: a style holds more than places")
    css = tree.find(".//style").text
    checks.that("@import" not in css and not re.search(r"url\((?!#)", css), f"{kind}: the style sheet loads something")
    checks.that("default-src 'none'" in tree.find(".//meta[@http-equiv]").get("content"), f"{kind}: no policy")
    checks.that(not any(c in text for c in HIDDEN), f"{kind}: characters that hide or turn text")
    heads = [e for e in elements if e.tag == "th"]
    checks.that(all(e.get("scope") for e in heads), f"{kind}: a heading of a table has no scope")
    checks.that(all(row.get("role") for row in elements if row.tag in ("table", "tr", "td", "th")), f"{kind}: a part of a table has no role")
    levels = [int(e.tag[1]) for e in elements if re.fullmatch(r"h[1-6]", e.tag)]
    checks.that(levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), f"{kind}: levels of headings are left out")


def check_shop(checks, tree):
    said = plain("".join(tree.itertext()))
    for text in SAID:
        checks.that(text in said, f"shop: {text!r} is not said")
    titles = {e.get("id"): plain("".join(e.find("h2").itertext())) for e in tree.iter("section")}
    checks.that(titles == SECTIONS, f"shop: sections {titles}")
    badges = [plain("".join(row.find("td").itertext())).strip() for row in tree.find(".//section[@id='findings']//tbody")]
    order = ["BEHAVIOUR", "NOT FIXED", "NOT FIXED", "SLOWER", "NOT EXERCISED", "FIXED", "no fix"]
    checks.that(len(badges) == 7 and all(want in badge for want, badge in zip(order, badges)), f"shop: order of findings {badges}")
    lanes = [e for e in tree.iter("div") if e.get("class") == "lane"]
    checks.that(len(lanes) == 30, f"shop: {len(lanes)} lanes")
    checks.that(all(len(lane.findall("svg/path")) == 4 for lane in lanes), "shop: a lane has not all four colours")
    tips = [plain("".join(e.itertext())) for e in tree.iter("span") if e.get("class") == "tip"]
    checks.that(any("recv" in tip and "shop/services/payments.py:31" in tip for tip in tips), "shop: no stack beside a stall")
    checks.that(any("bound" in e.get("class", "") for e in tree.iter("path")), "shop: no line of requests nobody waited for")


def check_scale(checks, tree):
    """Both lanes of a timeline on one scale: the widths of the first one's stalls add up to what the caption says."""
    timeline = tree.find(".//div[@class='timeline']")
    lane = timeline.find("div[@class='lane']")
    widths = [float(re.search(r"width:([\d.]+)%", e.get("style")).group(1)) for e in lane if e.tag in ("a", "span")]
    share = int(re.search(r"stood still (\d+) %", plain("".join(timeline.find("p").itertext()))).group(1))
    checks.that(abs(sum(widths) - share) < 2, f"shop: stalls take {sum(widths):.1f} % of the lane, the caption says {share}")


def check_lines(checks, tree):
    """A line of latencies goes from no request to all of them, and never back."""
    for plot in (e for e in tree.iter("div") if e.get("class") == "plot"):
        for version in ("before", "after"):
            paths = [e.get("d") for e in plot.iter("path") if f"line {version}" in e.get("class")]
            heights = [float(y) for d in paths for y in re.findall(r"(?:M\d+ |V)(\d+)", d)]
            widths = [float(x) for d in paths for x in re.findall(r"[MH](\d+)", d)]
            if heights[:1] != [100] or heights[-1] != 0 or heights != sorted(heights, reverse=True) or widths != sorted(widths):
                checks.that(False, f"shop: a line of latencies goes {heights[:1]} to {heights[-1:]}")
    checks.that(sum(1 for e in tree.iter("div") if e.get("class") == "plot") == 15, "shop: number of distributions")


def check_hostile(checks, text, tree):
    shown = plain("".join(tree.itertext()))
    attack = "</style></title></td></span></a><script>window.broken=1</script><img src=x onerror=\"window.broken=1\"/>'\">"
    checks.that(shown.count(attack) > 80, "hostile: the texts are not shown as they are")
    checks.that("javascript:" not in "".join(v for e in tree.iter() for n, v in e.attrib.items() if n == "href"), "hostile: a link runs something")
    checks.that("<script" not in text.lower() and "<img" not in text.lower(), "hostile: markup got through")


def check_big(checks, text, tree):
    shown = plain("".join(tree.itertext()))
    checks.that(len(text) < LIMITS["bytes"], f"big: {len(text)} bytes")
    checks.that(sum(1 for e in tree.iter("div") if e.get("class") == "charts") == LIMITS["charts"], "big: number of charts")
    for lane in (e for e in tree.iter("div") if e.get("class") == "lane"):
        marks = [e for e in lane if e.tag in ("a", "span")]
        stops = sum(1 for e in marks if e.get("tabindex") == "0")
        if len(marks) > LIMITS["marks"] or stops > LIMITS["stops"] or not marks:
            checks.that(False, f"big: {len(marks)} marks, {stops} stops")
    checks.that("400 of 3,000 findings are shown" in shown, "big: does not say that findings are left out")
    checks.that("400 of 1,200 endpoints are shown" in shown, "big: does not say that endpoints are left out")
    checks.that("Not drawn: others stalled longer" in shown, "big: does not say that charts are left out")
    checks.that("… 8 more" in shown and "x" * 2000 + "…" in shown and "x" * 2001 not in shown, "big: texts and stacks are not cut")


def check_look(checks, browser, path, name, width, dark, scripts=True):
    browser.open(path, width, 900, dark, scripts)
    label = f"{name} at {width} px, {'dark' if dark else 'light'}"
    checks.that(browser.troubles == [], f"{label}: {browser.troubles[:3]}")
    checks.that(len(browser.requests) == 1, f"{label}: asks for {browser.requests[1:4]}")
    contrast = browser.value(CONTRAST)
    checks.that(contrast["seen"] > 5 and not contrast["bad"], f"{label}: contrast of {contrast['bad']}")
    overflow = browser.value(OVERFLOW)
    checks.that(overflow["page"] <= overflow["window"] and not overflow["bad"], f"{label}: too wide {overflow}")
    checks.that(browser.value(COLLISIONS) == 0, f"{label}: labels on each other")


def check_wide(checks, browser, path):
    """A large page opens, and no text of any length makes it wider than the window."""
    browser.open(path, 1280, 900)
    overflow = browser.value(OVERFLOW)
    checks.that(browser.troubles == [] and overflow["page"] <= overflow["window"] and not overflow["bad"], f"big: {overflow}")


def check_colours(checks, browser, path):
    for dark in (False, True):
        browser.open(path, 1280, 900, dark)
        for colour, ratio in browser.value(CHART_CONTRAST).items():
            checks.that(ratio >= 2.9, f"{'dark' if dark else 'light'}: {colour} has {ratio:.2f} on a lane")


def visible_tips(browser):
    return browser.value("[...document.querySelectorAll('.tip')].filter(t => t.getClientRects().length).map(t => t.innerText)")


def check_hover(checks, browser, path):
    browser.open(path, 1280, 900)
    checks.that(visible_tips(browser) == [], "a stack is open before anybody asks")
    x, y = browser.value("(() => { const mark = document.querySelector('.mark'); mark.scrollIntoView({block: 'center'});"
                         "const box = mark.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()")
    browser.move(x, y)
    tips = visible_tips(browser)
    checks.that(len(tips) == 1 and "payments.py:31" in tips[0] and "recv" in tips[0], f"pointing at a stall shows {tips}")
    inside = browser.value("(() => { const box = [...document.querySelectorAll('.tip')].find(t => t.getClientRects().length)"
                           ".getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; })()")
    checks.that(inside, "the stack lies outside of the window")


def check_keyboard(checks, browser, path, width):
    browser.open(path, width, 900)
    browser.ask("Emulation.setFocusEmulationEnabled", enabled=True)
    browser.value("document.querySelectorAll('.timeline')[0].previousElementSibling, document.querySelector('.findings tr:last-child a:last-of-type').focus()")
    for _ in range(60):
        browser.press("Tab", 9)
        if browser.value("document.activeElement.className").startswith("mark"):
            break
    tips = visible_tips(browser)
    checks.that(len(tips) == 1 and "payments.py:31" in tips[0], f"the keyboard at {width} px finds {tips}")
    browser.press("Enter", 13)
    checks.that(browser.value("location.hash") in ("", "#stall-0"), "a stall does not lead to its stack")


def check_scripts_off(checks, browser, path, folder):
    """Nothing of the page comes from a script: it looks the same without."""
    pictures = []
    for scripts in (True, False):
        browser.open(path, 1280, 900, scripts=scripts)
        pictures.append(os.path.join(folder, f"scripts-{scripts}.png"))
        browser.picture(pictures[-1])
    with open(pictures[0], "rb") as with_scripts, open(pictures[1], "rb") as without:
        checks.that(with_scripts.read() == without.read(), "the page looks different with scripts off")
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)


def check_themes(checks, browser, path, folder):
    sizes = {}
    for dark in (False, True):
        browser.open(path, 1280, 900, dark)
        sizes[dark] = browser.value("getComputedStyle(document.body).backgroundColor")
        browser.picture(os.path.join(folder, "dark.png" if dark else "light.png"))
    checks.that(sizes[False] == "rgb(255, 255, 255)" and sizes[True] != sizes[False], f"light and dark are alike: {sizes}")


def check_print(checks, browser, path, folder):
    browser.open(path, 1280, 900)
    file = os.path.join(folder, "report.pdf")
    browser.printed(file)
    checks.that(os.path.getsize(file) > 50_000, "nothing is printed")
    browser.open(path, 1000, 900, dark=True, media="print")
    hidden = browser.value("getComputedStyle(document.querySelector('nav')).display")
    checks.that(hidden == "none" and browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)",
                "print has ways to click on or a dark ground")


def look(checks, program, paths, folder):
    browser = chromium.Chromium(program)
    try:
        for width in (1280, 400):
            for dark in (False, True):
                for kind in ("shop", "hostile", "empty"):
                    check_look(checks, browser, paths[kind], kind, width, dark)
        checks.that(browser.value("window.broken") is None, "hostile: a script ran")
        check_wide(checks, browser, paths["big"])
        check_colours(checks, browser, paths["shop"])
        check_hover(checks, browser, paths["shop"])
        check_keyboard(checks, browser, paths["shop"], 1280)
        check_keyboard(checks, browser, paths["shop"], 400)
        check_scripts_off(checks, browser, paths["shop"], folder)
        check_themes(checks, browser, paths["shop"], folder)
        check_print(checks, browser, paths["shop"], folder)
    finally:
        browser.close()


def read(checks, kind, path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        tree = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        checks.that(False, f"{kind}: is not well-formed: {error}")
        return text, None
    check_markup(checks, kind, text, tree)
    return text, tree


def main():
    program, checks = chromium.find(), Checks()
    if not program:
        print("Chromium is missing: scripts/setup --developer installs it")
        return 1
    folder = tempfile.mkdtemp(prefix="loopsafe-html-")
    paths = {kind: os.path.join(folder, kind + ".html") for kind in KINDS}
    try:
        pages = {}
        for kind, path in paths.items():
            subprocess.run([sys.argv[1], kind, path], check=True)
            pages[kind] = read(checks, kind, path)
        if not checks.failed or all(tree is not None for _, tree in pages.values()):
            check_shop(checks, pages["shop"][1])
            check_scale(checks, pages["shop"][1])
            check_lines(checks, pages["shop"][1])
            check_hostile(checks, *pages["hostile"])
            check_big(checks, *pages["big"])
            look(checks, program, paths, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
