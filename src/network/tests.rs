//! Laws over every format, random networks and random texts, and hand-written files of each format.

use super::*;
use crate::diagnostic::Severity;
use crate::{model, scenario};
use proptest::prelude::*;

/// Reads a text that must be a network without a word against it.
#[track_caller]
pub(super) fn network(format: &str, text: &str) -> Network {
    let source = Source::new("test", text);
    let (network, found) = read(&source, Format::named(format).expect("the format is one"));
    assert!(found.is_empty(), "{}", found.render(&source, false));
    network.expect("a text without problems is a network")
}

/// The codes and lines of what is found in a text.
pub(super) fn found(format: &str, text: &str) -> Vec<(&'static str, usize)> {
    let source = Source::new("test", text);
    let (network, found) = read(&source, Format::named(format).expect("the format is one"));
    assert_eq!(network.is_none(), found.has_errors(), "{}", found.render(&source, false));
    found.iter().map(|one| (one.code, one.span.map_or(0, |span| source.line_column(span.start).0))).collect()
}

/// A network, through the text of a scenario and its checks, and back.
fn through_a_scenario(network: &Network) -> Network {
    let source = Source::new("made.toml", scenario_text(network, AS_OF));
    let (document, mut found) = scenario::parse(&source);
    let (model, checked) = model::check(&document);
    found.extend(checked);
    assert!(found.is_empty(), "{}", found.render(&source, false));
    let (back, found) = from_model(&model.expect("a scenario without problems has a model"));
    assert!(found.is_empty(), "{}", found.render(&source, false));
    back.expect("an imported network can be exported")
}

fn exported(text: &str) -> (Option<Network>, Vec<(&'static str, String)>) {
    let source = Source::new("test.toml", format!("title = \"t\"\nas_of = 2025-08-19\nhorizon = 2026-08-19\n{text}"));
    let (document, mut problems) = scenario::parse(&source);
    let (model, checked) = model::check(&document);
    problems.extend(checked);
    assert!(!problems.has_errors(), "{}", problems.render(&source, false));
    let (network, found) = from_model(&model.expect("the scenario is fine"));
    (network, found.iter().map(|one| (one.code, one.message.clone())).collect())
}

/// Names that scenario files, BIF and XML make difficult, and any others.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z][a-z0-9_]{0,6}",
        2 => prop::sample::select(vec!["true", "none", "None", "is", "0", "1-3", "a b", "x_2", "x", "größe", "<5", "a&b", "a]", "table", "not"]).prop_map(str::to_owned),
        1 => "[^\\s\\p{C}\"]([^\\p{C}\"]{0,5}[^\\s\\p{C}\"])?",
    ]
}

fn plain_name() -> impl Strategy<Value = String> {
    "[A-Za-z_][A-Za-z0-9_]{0,8}"
}

/// A row of chances that sum to 1 within rounding, some of them 0.
fn row(weights: &[u32]) -> Vec<f64> {
    let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if total == 0.0 {
        return (0..weights.len()).map(|at| if at == 0 { 1.0 } else { 0.0 }).collect();
    }
    weights.iter().map(|weight| f64::from(*weight) / total).collect()
}

/// Networks of up to five variables with up to four states, any earlier or later ones as parents.
fn networks(names: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Network> {
    let names = names.boxed();
    let variables = prop::collection::hash_set(names.clone(), 1..6).prop_flat_map(move |own| {
        let count = own.len();
        let states = prop::collection::vec(prop::collection::hash_set(names.clone(), 1..5), count);
        let links = prop::collection::vec(any::<bool>(), count * count);
        let weights = prop::collection::vec(0_u32..1000, 64);
        (
            Just(own.into_iter().collect::<Vec<_>>()),
            states,
            links,
            weights,
            names.clone(),
            Just(count).prop_shuffle_of(),
        )
    });
    variables.prop_map(|(own, states, links, weights, name, order)| {
        let count = own.len();
        let states: Vec<Vec<String>> = states.into_iter().map(|states| states.into_iter().collect()).collect();
        let variables = own.into_iter().enumerate().map(|(at, name)| {
            let earlier = (0..count).filter(|other| order[*other] < order[at] && links[at * count + other]);
            let parents: Vec<usize> = earlier.collect();
            let rows: usize = parents.iter().map(|parent| states[*parent].len()).product();
            let size = states[at].len();
            let weights = weights.iter().cycle().skip(at * 7);
            let weights: Vec<u32> = weights.take(rows * size).copied().collect();
            Variable {
                name,
                states: states[at].clone(),
                parents,
                table: weights.chunks(size).flat_map(row).collect(),
                properties: if at == 0 { vec!["position = (1, 2)".to_owned()] } else { Vec::new() },
            }
        });
        Network { name, properties: vec!["author nobody".to_owned()], variables: variables.collect() }
    })
}

/// An order of so many things.
trait ShuffleOf {
    fn prop_shuffle_of(self) -> BoxedStrategy<Vec<usize>>;
}

impl ShuffleOf for Just<usize> {
    fn prop_shuffle_of(self) -> BoxedStrategy<Vec<usize>> {
        Just((0..self.0).collect::<Vec<usize>>()).prop_shuffle().boxed()
    }
}

/// What is left of a network in a format that does not keep everything.
fn kept(network: &Network, format: &Format) -> Network {
    let mut kept = network.clone();
    if !format.keeps.properties {
        kept.properties.clear();
        kept.variables.iter_mut().for_each(|variable| variable.properties.clear());
    }
    if !format.keeps.names {
        kept.name.clear();
        for (at, variable) in kept.variables.iter_mut().enumerate() {
            variable.name = format!("x{at}");
            variable.states = (0..variable.states.len()).map(|state| format!("s{state}")).collect();
        }
    }
    kept
}

/// A variable's name, states, parents and table.
type NamedVariable = (String, Vec<String>, Vec<String>, Vec<f64>);

/// The variables by name, with their parents by name: a network whatever the order of its variables.
fn unordered(network: &Network) -> Vec<NamedVariable> {
    let parent = |at: &usize| network.variables[*at].name.clone();
    let mut all: Vec<_> = network
        .variables
        .iter()
        .map(|one| (one.name.clone(), one.states.clone(), one.parents.iter().map(parent).collect(), one.table.clone()))
        .collect();
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_reads_what_it_wrote_to_the_last_bit(network in networks(plain_name())) {
        for format in FORMATS {
            let text = format.write(&network).expect("plain names can be written");
            let back = self::network(format.name, &text);
            if format.name == "xdsl" {
                // There a variable stands after its parents.
                prop_assert_eq!(unordered(&back), unordered(&kept(&network, format)));
                prop_assert_eq!(&back.name, &network.name);
            } else {
                prop_assert_eq!(&back, &kept(&network, format), "{}", format.name);
            }
        }
    }

    #[test]
    fn any_name_that_a_format_takes_comes_back(network in networks(name())) {
        for format in FORMATS {
            let Ok(text) = format.write(&network) else { continue };
            prop_assert_eq!(unordered(&self::network(format.name, &text)), unordered(&kept(&network, format)), "{}", text);
        }
        let bif = Format::named("bif").expect("BIF is a format");
        prop_assert!(bif.write(&network).is_ok(), "BIF takes whatever has no quotation mark");
    }

    #[test]
    fn a_network_comes_back_from_a_scenario_to_the_last_bit(network in networks(name())) {
        prop_assert_eq!(through_a_scenario(&network), network);
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,200}") {
        for format in FORMATS {
            let source = Source::new("any", text.as_str());
            let (network, found) = read(&source, format);
            prop_assert_eq!(network.is_none(), found.has_errors());
            prop_assert!(found.is_empty() || !found.render(&source, false).is_empty());
        }
    }

    #[test]
    fn no_damage_to_a_file_makes_a_reader_panic(
        network in networks(plain_name()),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[{}()\\[\\];,|=<>/\"%& \\n0-9é.-]{0,4}"), 1..4),
    ) {
        for format in FORMATS {
            let mut text = format.write(&network).expect("plain names can be written");
            for (place, length, instead) in &cuts {
                let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1; } at };
                let start = floor(place.index(text.len() + 1));
                let end = floor((start + length).min(text.len()));
                text.replace_range(start..end.max(start), instead);
            }
            let source = Source::new("damaged", text.as_str());
            let (network, found) = read(&source, format);
            prop_assert_eq!(network.is_none(), found.has_errors());
            prop_assert!(found.is_empty() || !found.render(&source, false).is_empty());
            if let Some(network) = network {
                prop_assert!(network.variables.iter().all(|one| one.rows().all(|row| (row.iter().sum::<f64>() - 1.0).abs() <= ROUNDING)));
            }
        }
    }
}

#[test]
fn deep_nesting_is_no_way_to_overflow_a_reader() {
    let deep = 100_000;
    for (format, text) in [
        ("xmlbif", "<BIF>".repeat(deep)),
        ("xmlbif", format!("{}{}", "<BIF>".repeat(deep), "</BIF>".repeat(deep))),
        ("xdsl", format!("<smile><nodes>{}", "<cpt id=\"a\">".repeat(deep))),
        ("net", format!("net {{}} node a {{ states = (\"x\"); }} potential (a) {{ data = {}", "(".repeat(deep))),
        ("bif", format!("network a {{ {}", "{".repeat(deep))),
    ] {
        assert!(read(&Source::new("deep", text), Format::named(format).expect("a format")).1.has_errors(), "{format}");
    }
}

/// The dog problem as JavaBayes writes it: the chances of the first state for all combinations, then those of the second.
#[test]
fn the_table_of_a_bif_file_runs_through_the_parents_first() {
    let text = r#"// Bayesian Network in the Interchange Format
network "Dog-Problem" { //5 variables and 5 probability distributions
    property "credal-set constant-density-bounded 1.1" ;
}
variable  "bowel-problem" { type discrete[2] {  "true"  "false" }; property "position = (335, 99)" ; }
variable  "family-out" { type discrete[2] {  "true"  "false" }; }
/* a comment
   of two lines */
variable  "dog-out" { type discrete[2] {  "true"  "false" }; }
probability (  "bowel-problem" ) { table 0.01 0.99 ; }
probability (  "family-out" ) { table 0.15 0.85 ; }
probability (  "dog-out"  "bowel-problem"  "family-out" ) { table 0.99 0.97 0.9 0.3 0.01 0.03 0.1 0.7 ; }
"#;
    let network = network("bif", text);
    assert_eq!(network.name, "Dog-Problem");
    assert_eq!(network.properties, ["\"credal-set constant-density-bounded 1.1\""]);
    let dog = &network.variables[2];
    assert_eq!(dog.parents, [0, 1]);
    assert_eq!(dog.table, [0.99, 0.01, 0.97, 0.03, 0.9, 0.1, 0.3, 0.7]);
    let other = text.replace("0.99 0.97 0.9 0.3 0.01 0.03 0.1 0.7", "0.99 0.01 0.97 0.03 0.9 0.1 0.3 0.7");
    assert_eq!(found("bif", &other), [(codes::OTHER_ORDER, 12)]);
}

const TWO: &str = "network n {}\nvariable a {\n type discrete [2] { x, y };\n}\nvariable b {\n type discrete [2] { u, v };\n}\nprobability (a) {\n table 0.5, 0.5;\n}\n";

#[test]
fn a_default_row_of_a_bif_file_stands_for_all_that_are_not_named() {
    let network = network("bif", &format!("{TWO}probability (b | a) {{\n (y) 0.1, 0.9;\n default 0.25, 0.75;\n}}\n"));
    assert_eq!(network.variables[1].table, [0.25, 0.75, 0.1, 0.9]);
}

#[test]
fn rows_are_taken_by_their_states_whatever_their_order() {
    let network = network("bif", &format!("{TWO}probability (b | a) {{\n (y) 0.1, 0.9;\n (x) 0.25, 0.75;\n}}\n"));
    assert_eq!(network.variables[1].table, [0.25, 0.75, 0.1, 0.9]);
}

#[test]
fn a_row_is_normalised_where_rounding_explains_its_sum_and_refused_where_it_does_not() {
    let with = |numbers: &str| format!("{TWO}probability (b | a) {{\n (x) {numbers};\n (y) 0.1, 0.9;\n}}\n");
    let source = Source::new("test.bif", with("0.333333, 0.666666"));
    let (network, problems) = read(&source, Format::named("bif").expect("a format"));
    let network = network.expect("a warning is no error");
    assert_eq!(network.variables[1].table[..2], [0.333_333 / 0.999_999, 0.666_666 / 0.999_999]);
    let said: Vec<_> = problems.iter().map(|one| (one.code, one.severity, one.message.as_str())).collect();
    assert_eq!(
        said,
        [(codes::NORMALISED, Severity::Warning, "the row of `b` in line 12 sums to 0.999999 and was divided by that")]
    );
    assert_eq!(found("bif", &with("0.3, 0.69")), [(codes::NORMALISED, 12)]);
    assert_eq!(found("bif", &with("0.3, 0.68")), [(codes::ROW_SUM, 12)]);
    assert_eq!(found("bif", &with("0.1, 0.9000000000000001")), []);
}

#[test]
fn every_problem_of_a_file_is_found_in_one_run() {
    let text = "network n {\n}\nvariable a {\n  type discrete [ 3 ] { x, y };\n}\nvariable b {\n  type continous;\n}\nvariable c {\n  type discrete [ 2 ] { x, y };\n}\nprobability ( a | e ) {\n  table 0.5, 0.5;\n}\nprobability ( c | a ) {\n  (x) 0.5, 0.6;\n  (z) 0.5 0.5;\n}\nprobability ( b | a ) {\n  default 0.5, 0.5;\n}\n";
    let expected = [
        (codes::WRONG_NUMBER, 4),
        (codes::NOT_DISCRETE, 7),
        (codes::UNKNOWN_VARIABLE, 12),
        (codes::UNKNOWN_STATE, 17),
        (codes::ROW_SUM, 16),
    ];
    let mut seen = found("bif", text);
    seen.sort_by_key(|(_, line)| *line);
    let mut expected = expected.to_vec();
    expected.sort_by_key(|(_, line)| *line);
    assert_eq!(seen, expected);
}

#[test]
fn a_table_with_a_fault_is_not_also_missing() {
    // The parent is not there, and stands twice.
    assert_eq!(
        found("bif", &format!("{TWO}probability (b | c) {{\n default 0.5, 0.5;\n}}\n")),
        [(codes::UNKNOWN_VARIABLE, 11)]
    );
    assert_eq!(
        found("bif", &format!("{TWO}probability (b | a, a) {{\n default 0.5, 0.5;\n}}\n")),
        [(codes::TWICE, 11)]
    );
    assert_eq!(found("bif", TWO), [(codes::TABLE_MISSING, 5)]);
}

#[test]
fn a_property_of_a_bif_file_is_written_as_it_was_read_or_refused() {
    let bif = Format::named("bif").expect("a format");
    let with = |property: &str| {
        let mut network = network("bif", &format!("{TWO}probability (b | a) {{\n default 0.5, 0.5;\n}}\n"));
        network.variables[0].properties.push(property.to_owned());
        network
    };
    for property in ["position = (12, 13)", "x = {1, 2}", "\"a { b\"", "\"a; b\" c", "size 3 /* mm */ x", "größe | 3"]
    {
        let text = bif.write(&with(property)).unwrap_or_else(|problem| panic!("{property}: {problem}"));
        assert_eq!(network("bif", &text), with(property), "{text}");
    }
    for property in [
        "a; b",
        "a }",
        "see http://example.org",
        "\"a",
        "a /* b",
        "x; } variable z { type discrete [1] { u }; property y",
    ] {
        assert!(bif.write(&with(property)).is_err(), "{property}");
    }
}

#[test]
fn many_problems_of_a_kind_are_counted() {
    let rows: Vec<String> = (0..50).map(|at| format!("variable a{at} {{ type discrete [2] {{ x, y }}; }}\n")).collect();
    let tables: Vec<String> = (0..50).map(|at| format!("probability (a{at}) {{ table 0.3333, 0.6666; }}\n")).collect();
    let source = Source::new("test.bif", rows.concat() + &tables.concat());
    let (network, found) = read(&source, Format::named("bif").expect("a format"));
    assert_eq!((network.expect("warnings only").variables.len(), found.count(Severity::Warning)), (50, 50));
    assert_eq!(found.iter().count(), 20);
    assert_eq!(found.iter().last().expect("the last one").help[1], "and 30 more such places below line 70");
}

#[test]
fn variables_in_a_circle_are_named() {
    let text = "variable a { type discrete [2] { x, y }; }\nvariable b { type discrete [2] { x, y }; }\nprobability ( a | b ) { default 0.5 0.5; }\nprobability ( b | a ) { default 0.5 0.5; }\n";
    let source = Source::new("test.bif", text);
    let (_, found) = read(&source, Format::named("bif").expect("a format"));
    let said: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["`a`, `b` depend on each other in a circle"]);
}

#[test]
fn a_net_file_is_read_with_and_without_its_parentheses() {
    let text = "% the chest clinic\nnet\n{\n  node_size = (80 40);\n  name = \"clinic\";\n}\nnode asia\n{\n  label = \"A visit; to Asia\";\n  states = (\"yes\" \"no\");\n}\ndiscrete node tub\n{\n  states = (\"yes\" \"no\");\n}\npotential ( asia )\n{\n  data = ( 0.01 0.99 );\n}\npotential ( tub | asia )\n{\n  data = (( 0.05 0.95 )   % yes\n          ( 0.01 0.99 )); % no\n}\n";
    let network = network("net", text);
    assert_eq!((network.name.as_str(), network.variables[1].parents.as_slice()), ("clinic", &[0][..]));
    assert_eq!(network.variables[1].table, [0.05, 0.95, 0.01, 0.99]);
    let flat = text.replace("(( 0.05 0.95 )", "( 0.05 0.95").replace("( 0.01 0.99 ));", "0.01 0.99 );");
    assert_eq!(self::network("net", &flat), network);
    assert_eq!(found("net", "net {}\nutility u\n{\n}\n")[0], (codes::NOT_DISCRETE, 2));
}

#[test]
fn an_xdsl_file_is_read_with_its_nodes_that_follow_from_others() {
    let text = "<?xml version=\"1.0\"?>\n<smile id=\"clinic\" version=\"1.0\">\n<nodes>\n<cpt id=\"lung\"><state id=\"yes\"/><state id=\"no\"/><probabilities>0.055 0.945</probabilities></cpt>\n<cpt id=\"tub\"><state id=\"yes\"/><state id=\"no\"/><probabilities>0.0104 0.9896</probabilities></cpt>\n<deterministic id=\"either\"><state id=\"yes\"/><state id=\"no\"/><parents>lung tub</parents><resultingstates>yes yes yes no</resultingstates></deterministic>\n</nodes>\n<extensions><genie/></extensions>\n</smile>\n";
    let network = network("xdsl", text);
    assert_eq!(network.variables[2].table, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    let noisy = text.replace("<deterministic", "<noisymax").replace("</deterministic", "</noisymax");
    assert_eq!(found("xdsl", &noisy), [(codes::NOT_DISCRETE, 6)]);
    let dynamic = text.replace("</smile>", "<dynamic numslices=\"9\"></dynamic></smile>");
    assert_eq!(found("xdsl", &dynamic), [(codes::NOT_DISCRETE, 9)]);
    assert_eq!(found("xdsl", &text.replace("0.0104", "0,0104")), [(codes::SYNTAX, 5)]);
    assert_eq!(found("xdsl", &text.replace("yes yes yes no<", "yes maybe yes no<")), [(codes::UNKNOWN_STATE, 6)]);
}

#[test]
fn an_xmlbif_file_is_read_row_by_row() {
    let text = "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>\n<!DOCTYPE BIF [ <!ELEMENT BIF ( NETWORK )*> ]>\n<BIF VERSION=\"0.3\"><NETWORK>\n<NAME>A &amp; B</NAME>\n<VARIABLE TYPE=\"nature\"><NAME>a</NAME><OUTCOME>&lt;5</OUTCOME><OUTCOME> more </OUTCOME></VARIABLE>\n<VARIABLE TYPE=\"nature\"><NAME>b</NAME><OUTCOME>u</OUTCOME><OUTCOME>v</OUTCOME></VARIABLE>\n<DEFINITION><FOR>a</FOR><TABLE>0.5 0.5</TABLE></DEFINITION>\n<DEFINITION><FOR>b</FOR><GIVEN>a</GIVEN><TABLE><!-- less -->0.25 0.75\n0.1 0.9</TABLE></DEFINITION>\n</NETWORK></BIF>\n";
    let network = network("xmlbif", text);
    assert_eq!(
        (network.name.as_str(), network.variables[0].states.as_slice()),
        ("A & B", &["<5".to_owned(), "more".to_owned()][..])
    );
    assert_eq!(network.variables[1].table, [0.25, 0.75, 0.1, 0.9]);
    assert_eq!(found("xmlbif", &text.replace("0.1 0.9<", "0.1<")), [(codes::WRONG_NUMBER, 8)]);
    assert_eq!(found("xmlbif", &text.replace("</BIF>", "</BAF>")), [(codes::SYNTAX, 10)]);
}

#[test]
fn a_uai_file_is_read_with_the_last_variable_of_a_table_as_its_own() {
    let text = "BAYES\n3\n2 2 3\n3\n1 0\n2 0 1\n2 1 2\n\n2\n 0.436 0.564\n\n4\n 0.128 0.872\n 0.920 0.080\n\n6\n 0.210 0.333 0.457\n 0.811 0.000 0.189\n";
    let network = network("uai", text);
    assert_eq!(network.variables[2].parents, [1]);
    assert_eq!(network.variables[2].table, [0.21, 0.333, 0.457, 0.811, 0.0, 0.189]);
    assert_eq!(network.variables[2].states, ["s0", "s1", "s2"]);
    assert_eq!(found("uai", &text.replace("BAYES", "MARKOV")), [(codes::NOT_DISCRETE, 1)]);
    assert_eq!(found("uai", "BAYES\n2\n2")[0], (codes::SYNTAX, 3));
    assert_eq!(found("uai", "BAYES\n2\n999999 999999\n")[0].0, codes::TOO_LARGE);
}

#[test]
fn causes_odds_and_requirements_become_their_tables() {
    let (network, found) = exported(
        "[event.a]\nchance = 0.2\n[event.b]\none_of = [\"x\", \"y\", \"z\"]\nchance = [0.2, 0.3, 0.5]\n[event.noisy]\ncauses = { a = \"30%\", \"b is z\" = \"50%\" }\nbackground = \"10%\"\n[event.odd]\nchance = 0.5\nodds = { a = \"x3\" }\nrequires = \"b is not x\"\n[event.both]\nholds = \"at least 2 of (a, noisy, odd)\"\n",
    );
    assert_eq!(found, []);
    let network = network.expect("all of it is discrete");
    let near = |left: &[f64], right: &[f64]| {
        assert_eq!(left.len(), right.len());
        assert!(left.iter().zip(right).all(|(left, right)| (left - right).abs() < 1e-15), "{left:?} {right:?}");
    };
    // 1 - 0.9 * 0.7 = 0.37 where the first cause acts, 1 - 0.9 * 0.5 = 0.55 where the second does, 1 - 0.9 * 0.35 = 0.685 where both do.
    near(&network.variables[2].table, &[0.9, 0.1, 0.9, 0.1, 0.45, 0.55, 0.63, 0.37, 0.63, 0.37, 0.315, 0.685]);
    // Odds of 1 become odds of 3: 0.75. The parents in the order in which they are named: a, then b.
    near(&network.variables[3].table, &[1.0, 0.0, 0.5, 0.5, 0.5, 0.5, 1.0, 0.0, 0.25, 0.75, 0.25, 0.75]);
    let both: Vec<f64> =
        (0..8_u32).flat_map(|row| if row.count_ones() >= 2 { [0.0, 1.0] } else { [1.0, 0.0] }).collect();
    assert_eq!(network.variables[4].table, both);
    assert_eq!(network.variables[0].states, ["no", "yes"]);
}

#[test]
fn what_a_network_cannot_hold_is_left_out_where_nothing_needs_it_and_refused_where_something_does() {
    let dates = "[event.a]\nchance = 0.2\n[event.talks]\nwhen = \"20% by 2025-12-31\"\n[event.price]\nvalue = \"40 to 90\"\nif = \"a\"\notherwise = 0\n";
    let (network, found) = exported(dates);
    assert_eq!(network.expect("the rest is a network").variables.len(), 1);
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [codes::LEFT_OUT, codes::LEFT_OUT]);
    let (network, found) = exported(&format!("{dates}[event.b]\nholds = \"talks by 2025-10-01 or price > 50\"\n"));
    assert!(network.is_none());
    assert_eq!(found.iter().filter(|(code, _)| *code == codes::NOT_EXPORTED).count(), 2);
    assert!(found[0].1.starts_with("`talks` is a date event, which a network cannot hold, but `b` depends on it"));
    let correlated = "[event.a]\nchance = 0.2\n[event.b]\nchance = 0.3\n[event.c]\nchance = [{ if = \"a\", is = 0.1 }, { otherwise = 0.2 }]\n[[correlated]]\nevents = [\"a\", \"b\"]\ncorrelation = 0.5\n";
    let (network, found) = exported(correlated);
    assert!(network.is_none());
    assert_eq!(found[0].0, codes::NOT_EXPORTED);
}

#[test]
fn an_intervention_makes_its_event_certain_and_cuts_what_it_depends_on() {
    let source = "suppose = [\"b\"]\n[event.a]\nchance = 0.2\n[event.b]\nholds = \"a\"\n";
    let supposed =
        exported(&source.replace("holds = \"a\"", "chance = [{ if = \"a\", is = 0.1 }, { otherwise = 0.2 }]"));
    let network = supposed.0.expect("all of it is discrete");
    assert_eq!((network.variables[1].parents.len(), network.variables[1].table.as_slice()), (0, &[0.0, 1.0][..]));
}

#[test]
fn two_events_cannot_have_one_label() {
    let (network, found) = exported("[event.a]\nchance = 0.2\nlabel = \"b\"\n[event.b]\nchance = 0.2\n");
    assert!(network.is_none());
    assert_eq!(found, [(codes::SAME_LABEL, "`a` and `b` would both be called `b`".to_owned())]);
}

#[test]
fn a_table_of_thousands_of_rows_comes_back() {
    let states = |count: usize| (0..count).map(|at| format!("s{at}")).collect::<Vec<String>>();
    let variable = |name: &str, count: usize, parents: Vec<usize>, rows: usize| Variable {
        name: name.to_owned(),
        states: states(count),
        parents,
        table: (0..rows).flat_map(|_| row(&vec![1; count])).collect(),
        properties: Vec::new(),
    };
    let variables = vec![
        variable("a", 20, vec![], 1),
        variable("b", 20, vec![], 1),
        variable("c", 20, vec![], 1),
        variable("d", 2, vec![0, 1, 2], 8000),
    ];
    let network = Network { name: "large".to_owned(), properties: Vec::new(), variables };
    assert_eq!(through_a_scenario(&network), network);
}
