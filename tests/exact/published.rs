//! Published networks: marginals by another engine, and figures of the literature.

use crate::network::{Network, read, shared};
use foretell::exact::{Exact, Failure, Outcome, solve, storylines};
use foretell::plan::Plan;
use foretell::simulate::{Answer, Impossible};
use serde::Deserialize;
use std::collections::BTreeMap;

fn probabilities(exact: &Exact, ask: usize) -> Vec<f64> {
    match &exact.answers()[ask] {
        Ok(Answer::Categorical(options)) => options.iter().map(|option| option.value).collect(),
        other => panic!("{other:?}"),
    }
}

fn close(figure: f64, expected: f64, allowed: f64) {
    assert!((figure - expected).abs() <= allowed, "{figure} is not {expected}");
}

#[derive(Deserialize)]
struct Peer {
    marginals: BTreeMap<String, Vec<f64>>,
}

#[test]
fn marginals_agree_with_those_of_lazy_propagation() {
    // The peer reads probabilities in single precision.
    for name in ["seed", "asia", "alarm", "hailfinder", "andes"] {
        let (Some(network), Some(path)) = (read(name), shared(&format!("{name}.exact.json"))) else { return };
        let text = std::fs::read_to_string(path).expect("the marginals can be read");
        let peer: Peer = serde_json::from_str(&text).expect("the marginals are JSON of this form");
        let plan = network.plan(&[]);
        let exact = solve(&plan).expect("the network is small enough");
        for (at, node) in network.nodes.iter().enumerate() {
            for (figure, expected) in probabilities(&exact, at).iter().zip(&peer.marginals[&node.name]) {
                assert!((figure - expected).abs() < 1e-6, "{name}: {} is {figure}, not {expected}", node.name);
            }
        }
        assert!(exact.is_complete(&plan) && exact.evidence().is_none());
    }
}

fn at(network: &Network, plan: &Plan, node: &str, state: usize) -> f64 {
    probabilities(&solve(plan).expect("the network is small enough"), network.node(node))[state]
}

#[test]
fn alarm_gives_the_published_posteriors() {
    let Some(network) = read("alarm") else { return };
    let prior = solve(&network.plan(&[])).expect("the network is small enough");
    let pressure = probabilities(&prior, network.node("BP"));
    for (figure, expected) in pressure.iter().zip([0.389_993, 0.204_708, 0.405_299]) {
        close(*figure, expected, 6e-7);
    }
    let plan = network.plan(&[("HRBP", "HIGH"), ("CVP", "LOW"), ("BP", "LOW")]);
    close(at(&network, &plan, "HYPOVOLEMIA", 0), 0.151_980, 6e-7);
    close(at(&network, &plan, "LVFAILURE", 0), 0.572_521, 6e-7);
    let evidence = solve(&plan).expect("the network is small enough").evidence().expect("something is known");
    close(evidence.value, 0.043_988, 6e-7);
    assert_eq!(evidence.standard_error, 0.0);
}

#[test]
fn the_most_probable_explanation_of_alarm_is_found_where_two_peers_fail() {
    let Some(network) = read("alarm") else { return };
    let plan = network.plan(&[("EXPCO2", "ZERO"), ("MINVOL", "ZERO"), ("PRESS", "HIGH")]);
    let all: Vec<usize> = (0..network.nodes.len()).collect();
    let best = storylines(&plan, &all, 3).expect("the network is small enough");
    close(best[0].with_evidence.expect("all of it is probable"), 1.766_704e-4, 6e-11);
    assert_eq!(best[0].outcomes[network.node("PRESS")], Outcome::Option(3));
    // The product of the rows that the story picks, computed apart.
    for story in &best {
        let state = |node: usize| match story.outcomes[node] {
            Outcome::Option(option) => option,
            other => panic!("{other:?}"),
        };
        let mut product = 1.0;
        for (at, node) in network.nodes.iter().enumerate() {
            let row =
                node.parents.iter().fold(0, |row, parent| row * network.nodes[*parent].states.len() + state(*parent));
            product *= node.cpt[row][state(at)] / node.cpt[row].iter().sum::<f64>();
        }
        let joint = story.with_evidence.expect("all of it is probable");
        assert!((joint / product - 1.0).abs() < 1e-12, "{joint} is not {product}");
    }
    assert!(best[0].probability > best[1].probability && best[1].probability >= best[2].probability);
}

#[test]
fn evidence_that_cannot_be_is_named() {
    let Some(network) = read("asia") else { return };
    let names: Vec<&str> = network.nodes.iter().map(|node| node.name.as_str()).collect();
    let (tub, either) = (names[network.node("tub")], names[network.node("either")]);
    let problem = solve(&network.plan(&[("asia", "no"), (tub, "yes"), (either, "no")])).unwrap_err();
    let Failure::Impossible(Impossible::Contradiction { names, .. }) = &problem else { panic!("{problem}") };
    assert_eq!(names, &["tub is yes", "either is no"]);
    assert!(problem.to_string().ends_with("the probability of all of them together is 0"), "{problem}");
}
