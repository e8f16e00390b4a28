//! What stands beside the variables and tables of a file: kept, named as left out, or refused; never dropped without a word.

use super::tests::{found, network};
use super::*;

/// The warnings of a text, with the line of each.
fn warnings(format: &str, text: &str) -> Vec<(String, usize)> {
    let source = Source::new("test", text);
    let (network, found) = read(&source, Format::named(format).expect("the format is one"));
    assert!(network.is_some(), "{}", found.render(&source, false));
    let line = |span: Option<crate::source::Span>| span.map_or(0, |span| source.line_column(span.start).0);
    found.iter().map(|one| (one.message.clone(), line(one.span))).collect()
}

const COIN: &str =
    "network one { }\nvariable a { type discrete [ 2 ] { x, y }; }\nprobability ( a ) { table 0.5, 0.5; }\n";

#[test]
fn a_second_network_is_refused_by_its_name_and_line() {
    let bif = format!("{COIN}network two {{ }}\n");
    let source = Source::new("test", bif.as_str());
    let (network, problems) = read(&source, Format::named("bif").expect("a format"));
    assert!(network.is_none());
    let said: Vec<&str> = problems.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["a second network, `two`, begins here, and a file is read as one"]);
    assert_eq!(found("bif", &bif), [(codes::TWICE, 4)]);
    let net = "net { name = \"one\"; }\nnode a { states = (\"x\" \"y\"); }\npotential (a) { data = (0.5 0.5); }\nnet { name = \"two\"; }\n";
    assert_eq!(found("net", net), [(codes::TWICE, 4)]);
    let of = |name: &str| {
        format!(
            "<NETWORK><NAME>{name}</NAME>\n<VARIABLE><NAME>a</NAME><OUTCOME>x</OUTCOME></VARIABLE>\n<DEFINITION><FOR>a</FOR><TABLE>1</TABLE></DEFINITION></NETWORK>\n"
        )
    };
    assert_eq!(found("xmlbif", &format!("<BIF>\n{}{}</BIF>", of("one"), of("two"))), [(codes::TWICE, 5)]);
    let nodes = "<nodes><cpt id=\"a\"><state id=\"x\"/><probabilities>1</probabilities></cpt></nodes>\n";
    assert_eq!(found("xdsl", &format!("<smile>\n{nodes}{nodes}</smile>")), [(codes::TWICE, 3)]);
}

#[test]
fn chances_and_states_that_stand_twice_are_refused() {
    let net =
        "net { }\nnode a { states = (\"x\" \"y\"); }\npotential (a) {\n data = (0.2 0.8);\n data = (0.3 0.7);\n}\n";
    assert_eq!(found("net", net), [(codes::TWICE, 5)]);
    let states = net.replace(" data = (0.3 0.7);\n", "").replace("; }\npot", ";\n states = (\"u\" \"v\"); }\npot");
    assert_eq!(found("net", &states), [(codes::TWICE, 3)]);
    let bif = COIN.replace("y }; }", "y };\n type discrete [ 2 ] { u, v }; }");
    assert_eq!(found("bif", &bif), [(codes::TWICE, 3)]);
    let xmlbif = "<BIF><NETWORK><NAME>n</NAME>\n<VARIABLE><NAME>a</NAME><OUTCOME>x</OUTCOME><OUTCOME>y</OUTCOME></VARIABLE>\n<DEFINITION><FOR>a</FOR><TABLE>0.2 0.8</TABLE>\n<TABLE>0.3 0.7</TABLE></DEFINITION>\n</NETWORK></BIF>";
    assert_eq!(found("xmlbif", xmlbif), [(codes::TWICE, 4)]);
    let xdsl = "<smile><nodes>\n<cpt id=\"a\"><state id=\"x\"/><state id=\"y\"/><probabilities>0.2 0.8</probabilities>\n<probabilities>0.3 0.7</probabilities></cpt></nodes></smile>";
    assert_eq!(found("xdsl", xdsl), [(codes::TWICE, 3)]);
}

#[test]
fn what_hugin_says_of_a_node_becomes_its_properties() {
    let text = "net\n{\n  node_size = (80 40);\n  name = \"n\";\n}\nnode a\n{\n  label = \"A visit; to % Asia\";\n  states = (\"x\" \"y\");\n  position = (250   % across\n    75);\n}\npotential (a) { data = (0.5 0.5); }\n";
    let network = network("net", text);
    assert_eq!(network.properties, ["node_size = (80 40)"]);
    assert_eq!(network.variables[0].properties, ["label = \"A visit; to % Asia\"", "position = (250 75)"]);
    let bif = Format::named("bif").expect("a format");
    let written = bif.write(&network).expect("a property of this kind can be written");
    assert_eq!(super::tests::network("bif", &written), network);
    let learned = text.replace("data =", "experience = (10);\n model_nodes = ();\n data =");
    let said = warnings("net", &learned);
    assert_eq!(
        said,
        [
            ("`experience` of a potential is left out".to_owned(), 13),
            ("`model_nodes` of a potential is left out".to_owned(), 14)
        ]
    );
}

#[test]
fn what_genie_says_beside_its_nodes_is_kept_or_named() {
    let text = "<smile version=\"1.0\" id=\"N\"><nodes>\n<cpt id=\"a\" target=\"true\"><property id=\"cost\">5</property><state id=\"t\" fault=\"true\"/>\n<state id=\"f\" label=\"L\"/><probabilities>0.25 0.75</probabilities><foo>1</foo></cpt>\n<cpt id=\"b\" target=\"true\"><state id=\"t\"/><state id=\"f\"/><probabilities>0.5 0.5</probabilities></cpt>\n</nodes><extensions><genie><node id=\"a\"><name>Long</name>\n<comment>remark</comment></node><node id=\"b\"><name>b</name></node>\n<textbox><caption>Hello</caption></textbox></genie></extensions></smile>";
    let said = warnings("xdsl", text);
    let expected = [
        ("`target` of a node is left out, here and in 1 more place", 2),
        ("`fault` of a state is left out", 2),
        ("`label` of a state is left out", 3),
        ("`<foo>` of a node is left out", 3),
        ("`<name>` of a node, which is called by its `id`, is left out", 5),
        ("`<comment>` of the network's picture is left out", 6),
        ("`<textbox>` of the network's picture is left out", 7),
    ];
    assert_eq!(said, expected.map(|(message, line)| (message.to_owned(), line)));
    let source = Source::new("test", text);
    let (network, _) = read(&source, Format::named("xdsl").expect("a format"));
    assert_eq!(network.expect("warnings alone").variables[0].properties, ["cost = 5"]);
}

#[test]
fn what_a_table_or_a_variable_says_beside_its_chances_is_named() {
    let bif = COIN.replace("{ table", "{ property def \"x\"; table");
    assert_eq!(warnings("bif", &bif), [("`property` of a table is left out".to_owned(), 3)]);
    let xmlbif = "<BIF><NETWORK><NAME>n</NAME>\n<VARIABLE><NAME>a</NAME><OUTCOME>x</OUTCOME><DESC>d</DESC></VARIABLE>\n<DEFINITION><FOR>a</FOR><TABLE>1</TABLE><PROPERTY>p</PROPERTY></DEFINITION>\n<OBS>a = x</OBS></NETWORK>\n<OBS>a</OBS><NOTE/></BIF>";
    let finding = "the finding of `<OBS>` is left out: a network is read for its chances";
    let expected = [
        ("`<DESC>` of a variable is left out", 2),
        ("`<PROPERTY>` of a definition is left out", 3),
        (finding, 4),
        (finding, 5),
        ("`<NOTE>` beside the network is left out", 5),
    ];
    assert_eq!(warnings("xmlbif", xmlbif), expected.map(|(message, line)| (message.to_owned(), line)));
}

#[test]
fn a_uai_file_may_have_remarks_and_its_first_word_in_small_letters() {
    let text = "BAYES\n2\n2 2\n2\n1 0\n2 0 1\n2\n0.25 0.75\n4\n0.5 0.5 0.125 0.875\n";
    let remarked = "# made by hand\nbayes\n2\n2 2 \n2\n1 0   # rain\n2 0 1# wet\n2\n0.25 0.75 # 2 3\n4\n0.5 0.5 0.125 0.875\n# the end";
    let network = network("uai", text);
    assert_eq!(super::tests::network("uai", remarked), network);
    assert_eq!(found("uai", "markov\n"), [(codes::NOT_DISCRETE, 1)]);
}

#[test]
fn a_name_and_a_property_that_cannot_be_written_have_each_their_way_out() {
    let mut network = network("bif", COIN);
    let said = |network: &Network, format: &str| {
        let problem = Format::named(format).expect("a format").write(network).expect_err("it cannot be written");
        (problem.to_string(), problem.way_out().expect("there is one").to_owned())
    };
    network.variables[0].states[0] = "t\"x".to_owned();
    let (problem, way_out) = said(&network, "bif");
    assert!(problem.starts_with("`t\"x` cannot be a name in bif"), "{problem}");
    assert!(way_out.starts_with("change the name; or write the network as `xmlbif`"), "{way_out}");
    network.variables[0].states[0] = " x".to_owned();
    let (problem, way_out) = said(&network, "xmlbif");
    assert!(problem.starts_with("` x` cannot be a name in xmlbif"), "{problem}");
    assert_eq!(way_out, "change the name");
    network.variables[0].states[0] = "x".to_owned();
    network.properties.push("author \"Jane".to_owned());
    let (problem, way_out) = said(&network, "bif");
    assert!(problem.starts_with("the property `author \"Jane` cannot be written in bif"), "{problem}");
    assert!(way_out.contains("change the property"), "{way_out}");
}

#[test]
fn an_empty_file_is_called_empty() {
    for (format, text) in [("bif", ""), ("net", " \n\n"), ("bif", "\u{feff}")] {
        let source = Source::new("test", text);
        let (network, problems) = read(&source, Format::named(format).expect("a format"));
        assert!(network.is_none());
        let said: Vec<&str> = problems.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(said, ["the file is empty"], "{format}");
    }
}
