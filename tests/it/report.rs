//! The brief as a reader has it: one page without network and script, opened in a real browser; words with the right numbers; nothing of a file marks
//! anything up.

use crate::support::{foretell, path};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with the summit's ledger: recorded every two weeks, resolved, and with the crowd's prices.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder can be made") }
    }

    /// The path of a file in it.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.at(name), text).expect("a file can be written");
        self.at(name)
    }

    /// What a file holds that a command wrote.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).expect("the command wrote it")
    }
}

const SUMMIT: &str = "scenarios/white-house-2025-08-18.toml";

/// Runs a command that must end well; its stderr.
pub(crate) fn run(arguments: &[&str]) -> String {
    let output = foretell().args(arguments).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    told
}

/// The ledger of the guide to briefs: recorded every week, resolved, and with the crowd's prices.
fn ledger(desk: &Desk) -> String {
    let ledger = desk.at("summit.db").display().to_string();
    let record = ["run", SUMMIT, "--from", "2025-08-19", "--to", "2025-10-20", "--every", "7d", "--worlds", "100k"];
    run(&[&record[..], &["--doubt-draws", "0", "--record", "--ledger", &ledger]].concat());
    run(&["resolve", "--from", "scenarios/white-house-2025-08-18/outcomes.csv", "--ledger", &ledger]);
    run(&["import", "scenarios/white-house-2025-08-18/crowd.csv", "--ledger", &ledger]);
    ledger
}

/// The summit's brief of 20 October, by the command of the guide.
fn brief(desk: &Desk, name: &str) -> String {
    let (ledger, out) = (ledger(desk), desk.at(name).display().to_string());
    let headline = "putin_zelenskiy_meet_2025,trump_putin_meet_2025,ceasefire_2025,us_guarantee_2025,peace_deal_2025";
    let report = ["report", SUMMIT, "--as-of", "2025-10-20", "--headline", headline];
    run(&[&report[..], &["--ledger", &ledger, "--out", &out]].concat());
    desk.read(name)
}

/// What a page could fetch: addresses that are not of the page itself.
fn addresses(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for opening in ["src=\"", "href=\"", "srcset=\"", "data=\"", "action=\"", "url(", "@import"] {
        for (at, _) in page.match_indices(opening) {
            let rest = &page[at + opening.len()..];
            let end = rest.find(['"', ')', ';']).unwrap_or(rest.len());
            found.push(&rest[..end]);
        }
    }
    found.retain(|address| !address.starts_with('#') && *address != "data:,");
    found
}

/// The same command gives the same bytes on every machine: the page in `docs` is what it writes here. `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_summits_brief_is_one_small_page_that_fetches_nothing_and_is_the_same_everywhere() {
    let desk = Desk::new();
    let page = brief(&desk, "brief.html");
    let committed = path("docs/white-house-2025-10-20.html");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&committed, &page).expect("the page can be written");
    }
    let is_committed = std::fs::read_to_string(&committed).is_ok_and(|committed| committed == page);
    assert!(
        is_committed,
        "docs/white-house-2025-10-20.html is not what the command writes: run the tests with UPDATE_DOCS=1"
    );
    assert!(page.len() < 500_000, "{} bytes", page.len());
    assert_eq!(addresses(&page), Vec::<&str>::new());
    assert_eq!(addresses("<img src=\"x.png\"><a href=\"#a\">"), ["x.png"], "this check can fail");
    assert!(!page.contains("<script"), "a page is read without scripts");
    let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    assert!(page.contains(policy), "nothing is fetched but the empty icon that the page itself holds");
    for section in
        ["bottom-line", "stories", "questions", "curves", "changes", "watch", "record", "coherence", "method"]
    {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "{section}");
    }
    // What came after the day of the brief is not in it: Budapest was cancelled on the 22nd.
    assert!(page.contains("Trump and Putin are to meet in Budapest within two weeks"));
    let told = page.split("The scenario file, word for word").next().expect("the page has a beginning");
    assert!(!told.contains("The meeting in Budapest is cancelled"));
    looks_right(&desk, "brief.html");
}

/// Opens a page in a browser: no request is sent, nothing is wider than a phone, no cell of a table runs into the next, every picture has words, and it prints.
///
/// The browser is the one that `FORETELL_BROWSER` names, or one that is there; without any this part is left out, except where that variable says that there
/// must be one.
#[expect(clippy::print_stderr, reason = "who has no browser should know what was left out")]
fn looks_right(desk: &Desk, name: &str) {
    let Some(browser) = browser() else {
        eprintln!("no browser: pages are not opened; install chromium, or name one in FORETELL_BROWSER");
        return;
    };
    let address = served(desk.at(name));
    let log = desk.at("net.json");
    let common = |profile: &str| {
        let mut command = Command::new(&browser);
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--allow-file-access-from-files")
            .arg(format!("--user-data-dir={}", desk.at(profile).display()));
        command
    };
    let logging = format!("--log-net-log={}", log.display());
    let logged = common("first").args(["--enable-logging=stderr", &logging, "--dump-dom", &address]).output();
    let logged = logged.expect("the browser runs");
    let complaints = String::from_utf8_lossy(&logged.stderr).into_owned();
    let complaints: Vec<&str> = complaints.lines().filter(|line| line.contains(":CONSOLE")).collect();
    assert!(complaints.is_empty(), "the browser's console has {complaints:?}");
    let dom = String::from_utf8_lossy(&logged.stdout);
    assert!(dom.contains("Bottom line"), "the page was read: {dom}");
    let requests = requests(&log);
    assert!(requests.contains(&address), "the page itself is in the log: {requests:?}");
    let own = |one: &&String| BROWSERS_OWN.iter().any(|host| one.split('/').nth(2) == Some(host));
    let others: Vec<&String> = requests.iter().filter(|one| **one != address).filter(|one| !own(one)).collect();
    assert!(others.iter().all(|one| one.starts_with("data:")), "the page sent for {others:?}");

    let address = format!("file://{}", desk.at(name).display());
    // A page around it asks how wide it is where there are 360 pixels, and which pictures have no words.
    let frame = format!(
        "<!doctype html><iframe id=f width=360 height=800 src=\"{address}\"></iframe><pre id=o></pre><script>\
         f.onload=()=>{{const d=f.contentDocument,r=d.documentElement;\
         const mute=[...d.querySelectorAll('svg')].filter(s=>!(s.getAttribute('aria-label')||s.querySelector('title')));\
         const heads=[...d.querySelectorAll('th')].filter(h=>!h.scope);\
         const phone='width '+r.scrollWidth+' of '+r.clientWidth+' mute '+mute.length+' heads '+heads.length;\
         let crowded=0;for(const wide of [1200,1000,900,760]){{f.width=wide;\
         crowded+=[...d.querySelectorAll('td,th')].filter(c=>c.scrollWidth>c.clientWidth).length}}\
         o.textContent=phone+' crowded '+crowded}}</script>"
    );
    let around = desk.write("around.html", &frame);
    let asked = common("second")
        .args(["--virtual-time-budget=5000", "--dump-dom", &format!("file://{}", around.display())])
        .output()
        .expect("the browser runs");
    let told = String::from_utf8_lossy(&asked.stdout);
    let found = told.split("<pre id=\"o\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    let numbers: Vec<u32> = found.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [wide, room, mute, heads, crowded] = numbers[..] else { panic!("the page around it said nothing: {told}") };
    assert!(room <= 360 && wide <= room, "on a phone it is {wide} wide where there is room for {room}");
    assert_eq!((mute, heads), (0, 0), "pictures without words, headings that head nothing");
    assert_eq!(crowded, 0, "cells whose words run into the next");

    let paper = desk.at("paper.pdf");
    let print = |address: &str| {
        let printed = common("third").arg(format!("--print-to-pdf={}", paper.display())).arg(address).output();
        assert!(printed.expect("the browser runs").status.success());
        let bytes = std::fs::read(&paper).expect("it printed");
        assert!(bytes.starts_with(b"%PDF") && bytes.len() > 20_000, "{} bytes", bytes.len());
        bytes.windows(12).filter(|part| *part == b"/Type /Page\n").count()
    };
    // What folds out on the screen is printed where it was opened, and the page says so.
    let (sheets, page) = (print(&address), desk.read(name));
    if page.contains("<details>") {
        let open = desk.write("open.html", &page.replace("<details>", "<details open>"));
        assert!(
            sheets < print(&format!("file://{}", open.display())),
            "{sheets} sheets, and no more of what was opened"
        );
        assert!(page.contains("is printed where it was opened."));
    }
}

/// Where the browser itself asks for its updates and the time, whatever page it shows.
const BROWSERS_OWN: [&str; 4] =
    ["clients2.google.com", "update.googleapis.com", "accounts.google.com", "optimizationguide-pa.googleapis.com"];

/// Serves a file on this machine, as long as the test runs; its address.
fn served(file: PathBuf) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let body = std::fs::read(file).expect("the page was written");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut asked = [0_u8; 4096];
            let length = stream.read(&mut asked).unwrap_or(0);
            let is_page = asked[..length].starts_with(b"GET /page ");
            let (status, body) = if is_page { ("200 OK", body.as_slice()) } else { ("404 Not Found", &b""[..]) };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // Who hangs up early gets no page, and the test says so.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    format!("http://127.0.0.1:{port}/page")
}

fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("FORETELL_BROWSER").filter(|name| !name.is_empty());
    let must_be = named.is_some();
    let names = match named {
        Some(name) => vec![name.to_string_lossy().into_owned()],
        None => ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned).to_vec(),
    };
    let runs = |name: &String| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    let found = names.into_iter().find(runs).map(PathBuf::from);
    assert!(found.is_some() || !must_be, "FORETELL_BROWSER names no browser that runs");
    found
}

/// The addresses that a browser's log of the network holds.
fn requests(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("the browser wrote its log");
    let parsed: serde_json::Value = serde_json::from_str(&text).expect("the log is JSON");
    let events = parsed["events"].as_array().expect("the log has events");
    let started = &parsed["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"];
    assert!(started.is_number(), "the log says which of its events are requests");
    let requests = events.iter().filter(|event| event["type"] == *started);
    let addresses = requests.filter_map(|event| event["params"]["url"].as_str());
    addresses.map(str::to_owned).collect()
}

#[test]
fn a_comparison_is_a_page_too() {
    let desk = Desk::new();
    let ledger = ledger(&desk);
    let out = desk.at("comparison.html").display().to_string();
    run(&["report", "--compare", "foretell,polymarket", "--ledger", &ledger, "--out", &out]);
    let page = desk.read("comparison.html");
    assert!(page.contains("cannot tell yet") && page.contains("<svg") && page.len() < 500_000);
    assert!(page.contains("<h1>foretell and polymarket compared</h1>"));
    let first = page.split("<li>").nth(1).and_then(|rest| rest.split("</li>").next()).unwrap_or_default();
    assert!(first.starts_with("foretell against polymarket under brier: ") && first.ends_with('.'), "{first}");
    // What the pictures show is told to those who do not see them.
    let alt = page.split("<title>Paired differences under brier: foretell less polymarket, mean ").nth(1);
    let alt = alt.and_then(|rest| rest.split("</title>").next()).expect("the picture has words");
    assert!(alt.starts_with(['+', '−']) && alt.ends_with(": cannot tell yet"), "one cluster has no interval: {alt}");
    let alt = page.split("<title>Reliability of stated probabilities: foretell said ").nth(1);
    let alt = alt.and_then(|rest| rest.split("</title>").next()).expect("the picture has words");
    assert!(alt.contains(" % in the mean, and ") && alt.contains("; polymarket said "), "{alt}");
    assert_eq!(addresses(&page), Vec::<&str>::new());
    looks_right(&desk, "comparison.html");
    let told = ["report", "--compare", "foretell,polymarket", "--format", "md", "--ledger", &ledger];
    let output = foretell().args(told).output().expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("## foretell and polymarket compared\n\n"), "{text}");
    assert!(!text.contains("\n\n\n"), "no runs of blank lines: {text}");
}

#[test]
fn stories_are_told_in_the_words_of_questions_and_what_is_left_out_is_said() {
    let desk = Desk::new();
    let out = desk.at("golden.md").display().to_string();
    run(&["report", "scenarios/golden.toml", "--headline", "purchase,paper", "--out", &out]);
    let text = desk.read("golden.md");
    assert!(text.contains("“Is there a purchase?” no; “Is it on paper?” no."), "{text}");
    assert!(!text.contains("### What moved\n"), "{text}");
    run(&["report", "scenarios/golden.toml", "--headline", "purchase", "--suppose", "paper", "--out", &out]);
    let text = desk.read("golden.md");
    assert!(text.contains("### What moved\n\nNothing is told of what moved: this brief supposes something"), "{text}");
}

/// A file whose every word tries to be markup.
const HOSTILE: &str = r#"title = "<script>alert(1)</script> & | *x*"
as_of = 2026-01-01
horizon = 2026-12-31
[event.a]
chance = "6 of 20"
ask = "</td><img src=x onerror=alert(1)>"
why = "\" onload=\"x"
[question.q]
ask = "<b>Is it | so?</b>"
holds = "a"
closes = 2026-06-01
resolves = "</pre><script>1</script>"
"#;

#[test]
fn nothing_that_a_file_says_marks_anything_up() {
    let desk = Desk::new();
    let file = desk.write("hostile.toml", HOSTILE).display().to_string();
    let out = desk.at("hostile.html").display().to_string();
    run(&["report", &file, "--worlds", "10k", "--out", &out]);
    let page = desk.read("hostile.html");
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
    let out = desk.at("hostile.md").display().to_string();
    run(&["report", &file, "--worlds", "10k", "--out", &out]);
    let text = desk.read("hostile.md");
    assert!(text.contains(r"\<b\>Is it \| so?\</b\>"), "{text}");
    looks_right(&desk, "hostile.html");
}

#[test]
fn ones_own_text_is_shown_and_held_to_the_lexicon() {
    let desk = Desk::new();
    let text = desk
        .write("judgement.txt", "A deal is likely (30 %).\n\nIt is highly unlikely that talks end.\n")
        .display()
        .to_string();
    let out = desk.at("brief.html").display().to_string();
    let told = run(&["report", "scenarios/golden.toml", "--worlds", "10k", "--text", &text, "--out", &out]);
    assert!(told.contains("W1301") && told.contains(":1:11") && told.contains("30 % is called `unlikely`"), "{told}");
    assert!(told.contains("W1303") && told.contains("say `very unlikely`"), "{told}");
    assert!(desk.read("brief.html").contains("<p>A deal is likely (30 %).</p>"));
}

#[test]
fn nothing_that_was_read_is_written_over_and_nothing_is_left_out_without_a_word() {
    let desk = Desk::new();
    let file = desk.write("hostile.toml", HOSTILE).display().to_string();
    let output =
        foretell().args(["report", &file, "--worlds", "10k", "--out", &file]).output().expect("the binary runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("would write over") && !output.status.success());
    assert_eq!(desk.read("hostile.toml"), HOSTILE);
    let text = desk.write("own.txt", "What I think.").display().to_string();
    for format in ["md", "table"] {
        let arguments =
            ["report", &file, "--as-of", "2026-07-01", "--worlds", "500", "--text", &text, "--format", format];
        let output = foretell().args(arguments).output().expect("the binary runs");
        let shown = String::from_utf8_lossy(&output.stdout);
        for told in ["What I think.", "not known here", "they are rough"] {
            assert!(shown.contains(told), "{format}: {told}: {shown}");
        }
    }
}

#[test]
fn what_moved_against_another_file_is_a_comment_for_its_change() {
    let desk = Desk::new();
    let old = std::fs::read_to_string(path("scenarios/golden.toml")).expect("the scenario is there");
    let new = old.replacen("45%", "60%", 1);
    assert_ne!(old, new, "the chance that is changed stands in the file");
    let (old, new) = (desk.write("old.toml", &old), desk.write("new.toml", &new));
    let (old, new) = (old.display().to_string(), new.display().to_string());
    let output =
        foretell().args(["report", &new, "--against", &old, "--format", "md"]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    // P(paper) = 0.45 x 0.35 + 0.55 x 0.10 = 0.2125, and 0.25 with 60 %: the case X1.
    assert!(text.contains("| Is it on paper? | 21 % | 25 % | +3.8 |"), "{text}");
    assert!(output.status.success());
}

#[test]
fn what_cannot_be_is_refused_with_a_way_out() {
    let desk = Desk::new();
    let bad = desk.write("bad.toml", "name = \"x\"\nterms = []\n").display().to_string();
    for (arguments, told) in [
        (vec!["report", SUMMIT, "--lexicon", "icd"], "there is no lexicon `icd`"),
        (vec!["report", SUMMIT, "--lexicon", &bad], "bad.toml: the lexicon `x` cannot be used: it has no terms"),
        (vec!["report", "scenarios/golden.toml", "--headline", "papre"], "did you mean `paper`?"),
        (vec!["report", SUMMIT, "--since", "2025-08-19"], "nothing has moved since 2025-08-19"),
        (vec!["report", SUMMIT, "--since", "2025-01-01"], "--since 2025-01-01 lies before what the file knows"),
        (vec!["report", "--compare", "ann", "--ledger", "none.db"], "none.db"),
        (vec!["report", "scenarios/golden.toml", "--out", "brief.pdf"], "name it `brief.html`"),
        (vec!["report", "--compare", "ann", "--out", "brief.txt"], "neither HTML nor Markdown"),
        (vec!["report", "scenarios/golden.toml", "--out", "b.html", "--format", "md"], "name it `b.md`"),
        (vec!["report", "scenarios/golden.toml", "--out", "b.html", "--format", "json"], "--format json > brief.json"),
        (vec!["report", "--compare", "ann,bob", "--out", "b.htm", "--format", "csv"], "--format csv goes to stdout"),
        (vec!["report", "scenarios/golden.toml", "--pool", "all=median"], "--pool is of records, and none are named"),
        (vec!["report", "scenarios/golden.toml", "--outcomes", "o.csv"], "--outcomes is of records"),
        (vec!["report", "scenarios/golden.toml", "--scale", "log"], "--scale is of scores of numbers"),
        (vec!["report", "--compare", "ann,bob", "--seed", "3"], "cannot be used with '--seed"),
        (vec!["report", "--compare", "ann,bob", "--lexicon", "uk"], "cannot be used with '--lexicon"),
        (vec!["report"], "FILE"),
    ] {
        let output = foretell().args(&arguments).output().expect("the binary runs");
        let shown = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && shown.contains(told), "{arguments:?}: {shown}");
    }
}

/// P(match) = 0.9 - 0.7 P(rain), and nothing hangs on the mayor.
const MATCH: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.rain]\nchance = '6 of 20'\n\
    [event.mayor]\nchance = '3 of 8'\n[event.match]\nchance = [{ if = 'rain', is = '20%' }, { otherwise = '90%' }]\n\
    [event.way]\none_of = ['by_land', 'by_sea']\nchance = '60%, 40%'\n[event.cost]\nvalue = 'normal(40, 6)'\n\
    [question.is_on]\nask = 'Is it <on>?'\nholds = 'match'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.goes]\nask = 'How?'\nwhich = 'way'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.dear]\nask = 'Is it dear?'\nholds = 'cost + 1 > 42'\ncloses = 2026-12-01\nresolves = 'r'\n";

/// What `report` prints of a file.
pub(crate) fn reported(file: &Path, more: &[&str]) -> String {
    let output = foretell().arg("report").arg(file).args(more).output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_first_question_is_told_with_what_it_hangs_on() {
    let desk = Desk::new();
    let file = desk.write("match.toml", MATCH);
    let headline = ["--headline", "is_on", "--worlds", "100k"];
    let json = reported(&file, &[&headline[..], &["--format", "json"]].concat());
    let brief: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let drivers = &brief["drivers"];
    let rows = drivers["rows"].as_array().expect("rows");
    assert_eq!((rows.len(), &drivers["others"]), (1, &serde_json::json!(1)), "{drivers}");
    assert_eq!(rows[0]["what"], "rain: 6 of 20");
    let two = |key: &str| [0, 1].map(|at| rows[0][key][at].as_f64().expect("a number"));
    let (ends, at) = (two("interval"), two("at"));
    assert!(ends[0] < 0.25 && ends[1] > 0.4, "{ends:?}");
    for (end, chance) in ends.into_iter().zip(at) {
        assert!((chance - (0.9 - 0.7 * end)).abs() < 1e-12, "{end} {chance}");
    }
    // The mean of Beta(6.5, 14.5).
    assert!((drivers["at_means"].as_f64().expect("a number") - (0.9 - 0.7 * 6.5 / 21.0)).abs() < 1e-12);
    let out = desk.at("match.html").display().to_string();
    run(&["report", &file.display().to_string(), "--headline", "is_on", "--worlds", "100k", "--out", &out]);
    let page = desk.read("match.html");
    assert!(page.contains("What it hangs on") && page.contains("rain: 6 of 20") && !page.contains("<on>"), "{page}");
    let text = reported(&file, &[&headline[..], &["--format", "md"]].concat());
    assert!(text.contains("### What it hangs on") && text.contains("| rain: 6 of 20 |"), "{text}");
    assert!(text.contains("\n### Questions\n\n"), "no question has a tag: {text}");
    // A number of which nothing is in doubt hangs on nothing.
    let dear = reported(&file, &["--headline", "dear", "--worlds", "100k", "--format", "md"]);
    assert!(!dear.contains("For:") && dear.contains("### What it hangs on\n\nFor “"), "{dear}");
}

#[test]
fn options_keep_their_names_for_programs_and_figures_their_errors_for_people() {
    let desk = Desk::new();
    let file = desk.write("match.toml", MATCH);
    let csv = reported(&file, &["--worlds", "100k", "--format", "csv"]);
    assert!(csv.lines().any(|line| line.starts_with("goes,by_land,")), "{csv}");
    let json = reported(&file, &["--worlds", "100k", "--format", "json"]);
    assert!(json.contains("\"part\": \"by_sea\""), "{json}");
    let text = reported(&file, &["--worlds", "100k", "--format", "md"]);
    assert!(text.contains("| How? By land |"), "{text}");
    // sqrt(0.43 x 0.57 / 100,000) in points, of cost over 41.
    assert!(text.contains("(43 %) | 0.16 |"), "{text}");
}

/// A bill that hangs on rain.
const BILL: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.rain]\nchance = '30%'\n\
    [event.bill]\nunit = 'million'\nvalue = [{ if = 'rain', is = 'normal(60, 6)' }, { otherwise = 'normal(40, 6)' }]\n\
    [question.bill]\nask = 'How much?'\nvalue = 'bill'\ncloses = 2026-12-01\nresolves = 'r'\n";

/// A vote that hangs on rain, and hardly on a rumour.
const VOTE: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.rain]\nchance = '30%'\n[event.rumour]\nchance = '50%'\n\
    [event.vote]\nchance = [{ if = 'rain and rumour', is = '80.02%' }, { if = 'rain', is = '80%' }, { otherwise = '20%' }]\n\
    [question.vote]\nask = 'Is it voted for?'\nholds = 'vote'\ncloses = 2026-12-01\nresolves = 'r'\n";

#[test]
fn what_to_watch_is_told_of_numbers_in_their_unit_and_not_of_what_hardly_moves() {
    let desk = Desk::new();
    let headline = |file: &Path| if file.ends_with("bill.toml") { "bill" } else { "vote" };
    let watch = |file: &Path| -> serde_json::Value {
        let json = reported(file, &["--headline", headline(file), "--worlds", "100k", "--format", "json"]);
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["watch"].clone()
    };
    let moves = |watch: &serde_json::Value| watch["rows"][0]["expected_change"].as_f64().expect("a number");
    let text = |file: &Path| reported(file, &["--headline", headline(file), "--worlds", "100k", "--format", "md"]);
    let bill = desk.write("bill.toml", BILL);
    let told = watch(&bill);
    assert_eq!(
        (&told["rows"][0]["what"], &told["mean_in"]),
        (&serde_json::json!("whether “rain” comes true"), &serde_json::json!("million"))
    );
    // 2 x 0.3 x 0.7 x (60 - 40), in 100,000 worlds.
    assert!((moves(&told) - 8.4).abs() < 0.3, "{told}");
    let text_of_bill = text(&bill);
    assert!(
        text_of_bill.contains("- whether “rain” comes true, 8.") && text_of_bill.contains(" million ± 0."),
        "{text_of_bill}"
    );
    // 2 x 0.3 x 0.7 x 0.6, but for what the rumour adds; the rumour moves it by 0.3 x 0.02 / 2 of a point.
    let vote = desk.write("vote.toml", VOTE);
    let told = watch(&vote);
    assert_eq!((told["rows"].as_array().map(Vec::len), &told["others"]), (Some(1), &serde_json::json!(1)), "{told}");
    assert!((moves(&told) - 0.252).abs() < 1e-4, "{told}");
    let text_of_vote = text(&vote);
    assert!(
        text_of_vote
            .contains("- whether “rain” comes true, 25 points in the mean: If no (70 %): 20 %. If yes (30 %): 80 %."),
        "{text_of_vote}"
    );
    assert!(text_of_vote.contains("By less: 1 finding."), "{text_of_vote}");
}

/// A ferry that sails after its permit: without that by the last day it cannot.
const FERRY: &str = "title = 't'\nas_of = 2026-01-10\nhorizon = 2026-12-31\n[event.permit]\nask = 'Is the permit granted?'\n\
    when = '50% by 2026-04-01'\n[event.ferry]\nafter = 'permit'\nwhen = '70% within 200 days'\n\
    [question.ferry]\nask = 'Does the ferry sail in 2026?'\nholds = 'ferry'\ncloses = 2026-12-31\nresolves = 'r'\n";

#[test]
fn what_may_settle_it_by_the_last_day_is_watched_on_the_days_before() {
    let json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).expect("JSON");
    let number = |of: &serde_json::Value| of.as_f64().expect("a number");
    let desk = Desk::new();
    let file = desk.write("ferry.toml", FERRY);
    let common = ["--worlds", "100k", "--format", "json"];
    let brief = json(reported(&file, &common).as_bytes());
    let rows = brief["watch"]["rows"].as_array().expect("rows");
    let watch = foretell().arg("watch").arg(&file).args(["--question", "ferry"]).args(common).output();
    let watch = json(&watch.expect("the binary runs").stdout);
    let days = watch["calendar"].as_array().expect("days").iter();
    let mut days: Vec<&serde_json::Value> =
        days.filter(|day| day["name"] == "permit" && day["settles"] == false).collect();
    days.sort_by(|a, b| number(&b["brier_gain"]["value"]).total_cmp(&number(&a["brier_gain"]["value"])));
    assert_eq!((rows.len(), days.len()), (6, 6), "{brief} {watch}");
    for (row, day) in rows.iter().zip(&days) {
        assert_eq!(row["what"], "Is the permit granted?");
        let (row, error) = (number(&row["expected_change"]), number(&day["expected_change"]["standard_error"]));
        assert!((row - number(&day["expected_change"]["value"])).abs() < 5.0 * error, "{row} {day}");
    }
    assert_eq!(rows[0]["when"], "9 July 2026");
    // By 9 February 30 of the 81 days have passed by whose end it is as likely as not.
    let february = days.iter().find(|day| day["day"] == "2026-02-09").expect("30 days on");
    let granted = number(&february["outcomes"][0]["chance"]["value"]);
    assert!((granted - (1.0 - 0.5_f64.powf(30.0 / 81.0))).abs() < 5.0 * (0.23 * 0.77 / 1e5_f64).sqrt(), "{granted}");
    let text = reported(&file, &["--worlds", "100k", "--format", "md"]);
    assert!(
        text.contains("- Is the permit granted? (by 9 July 2026), 1") && !text.contains("nothing that is still"),
        "{text}"
    );
    assert!(text.contains("To watch first for “Does the ferry sail in 2026?”: Is the permit granted?"), "{text}");

    // What is known on no day is named where it may settle it.
    let at_once = FERRY.replace("when = '50% by 2026-04-01'", "chance = '50%'");
    let after = "after = 'permit'\nwhen = '70% within 200 days'";
    let chance = "chance = [{ if = 'permit', is = '70%' }, { otherwise = '0%' }]";
    let file = desk.write("at_once.toml", &at_once.replace(after, chance));
    let text = reported(&file, &["--worlds", "100k", "--format", "md"]);
    let told = "For “Does the ferry sail in 2026?” only what may settle it is seen to move it by a tenth of a point \
        (Is the permit granted?).";
    assert!(text.contains(told), "{text}");
}

/// A port, and what a crowd said of it.
const PORT: &str = "title = 't'\nas_of = 2026-01-10\nhorizon = 2026-12-31\n[event.ship]\nwhen = '60% by 2026-07-01'\n\
    [event.strike]\nchance = '25%'\n\
    [question.summer]\nask = 'Does a ship call by 1 July 2026?'\nholds = 'ship by 2026-07-01'\ncloses = 2026-07-01\nresolves = 'r'\n\
    [question.open_2026]\nask = 'Does a ship call in 2026?'\nholds = 'ship'\ncloses = 2026-12-31\nresolves = 'r'\n\
    [question.strike]\nask = 'Is there a strike?'\nholds = 'strike'\ncloses = 2026-12-31\nresolves = 'r'\n";
const CROWD: &str = "question,forecaster,made_at,probability\nsummer,crowd,2026-02-01,60%\nopen_2026,crowd,2026-02-01,50%\n\
    strike,crowd,2026-02-01,30%\n";

#[test]
fn what_the_record_holds_is_told_in_every_format() {
    let desk = Desk::new();
    let file = desk.write("port.toml", PORT);
    let crowd = desk.write("crowd.csv", CROWD).display().to_string();
    let outcomes = desk.write("outcomes.csv", "question,resolution,resolved_on\nstrike,yes,2026-05-01\n");
    let outcomes = outcomes.display().to_string();
    let common = ["--as-of", "2026-05-05", "--forecasts", &crowd, "--outcomes", &outcomes, "--doubt-draws", "0"];
    let text = reported(&file, &[&common[..], &["--format", "md"]].concat());
    // It said 30 % of what came to be: (1 - 0.3)².
    assert!(text.contains("\n### The record\n\nFrom the forecasts of 1 resolved question;"), "{text}");
    assert!(text.contains("\n| crowd | 1 | 1 | 0.4900 |  | 30 % | 100 % |\n"), "{text}");
    // That the strike has come the file does not say.
    let unheard = "By the record it has resolved: yes, on 1 May 2026. The file does not say so";
    assert!(text.contains(&format!("- Is there a strike? Unlikely (25 %). {unheard}")), "{text}");
    assert!(text.contains(&format!("| Is there a strike? **{unheard}")), "{text}");
    assert_eq!(text.matches(unheard).count(), 2, "of no other question: {text}");
    // The questions as they are asked, and no names of the file.
    let coherence = "50 % for “Does a ship call in 2026?” and 60 % for “Does a ship call by 1 July 2026?” cannot stand together, by what the file asks \
        and says. If the second is right, “Does a ship call in 2026?” has to have at least 60 %. The nearest";
    assert!(text.contains(coherence) && !text.contains('`'), "{text}");
    let page = desk.at("port.html").display().to_string();
    run(&[&["report", &file.display().to_string()][..], &common, &["--out", &page]].concat());
    assert_eq!(desk.read("port.html").matches(unheard).count(), 2);
    let table = reported(&file, &common);
    assert!(table.contains(&format!("strike: {unheard}")), "{table}");
    // Once the file has the news, there is nothing to say.
    let news = "[[news]]\ndate = 2026-05-01\nabout = 'strike'\neffect = 'happened'\n";
    let file = desk.write("heard.toml", &format!("{PORT}{news}"));
    let text = reported(&file, &[&common[..], &["--format", "md"]].concat());
    assert!(!text.contains("By the record"), "{text}");
}

#[test]
fn an_event_and_the_question_of_its_name_are_told_apart_by_what_is_known_when() {
    let desk = Desk::new();
    let late = "[question.rain]\nask = 'Is it wet?'\nholds = 'rain or rumour'\ncloses = 2026-12-20\nresolves = 'r'\n";
    let file = desk.write("vote.toml", &format!("{VOTE}{late}"));
    let output = foretell().arg("watch").arg(&file).args(["--question", "vote"]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.lines().any(|line| line.starts_with("rain ")), "the event: {text}");
    assert!(text.contains("questions known only after 2026-11-30: rain\n"), "the question: {text}");
}
