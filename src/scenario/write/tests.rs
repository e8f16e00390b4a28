//! Every tree reads back from its own words as itself.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::scenario::expression::FUNCTIONS;
use crate::scenario::grammar;
use crate::scenario::phrase::OwnRecord;
use crate::scenario::place::Place;
use crate::source::Span;
use jiff::civil::Date;
use proptest::prelude::*;

/// All spans alike, so that trees compare by what they say.
fn nowhere<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

fn again<T>(text: &str, grammar: impl Fn(&str, &Place) -> Result<T, Box<Diagnostic>>) -> Result<T, TestCaseError> {
    grammar(text, &Place::whole(Span::default()))
        .map_err(|error| TestCaseError::fail(format!("{text}: {}", error.message)))
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..1.0, (0u32..=1000).prop_map(|share| f64::from(share) / 1000.0), Just(0.0), Just(1.0), 1e-12..1e-6]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![-1e6..1e6, (-100i32..100).prop_map(f64::from), -1e300..1e300, Just(0.0)]
}

fn amount() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..1e6, (0u32..100).prop_map(f64::from)]
}

fn name() -> impl Strategy<Value = Spanned<String>> {
    "[a-z_][a-z0-9_é]{0,5}".prop_filter("reserved", |name| !crate::scenario::names::is_reserved(name)).prop_map(nowhere)
}

fn option() -> impl Strategy<Value = Spanned<String>> {
    prop_oneof![9 => name(), 1 => Just(nowhere("none".to_owned()))]
}

fn date() -> impl Strategy<Value = Spanned<Date>> {
    (2000i16..2100, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| nowhere(Date::constant(year, month, day)))
}

fn duration() -> impl Strategy<Value = Spanned<Duration>> {
    let unit = prop_oneof![
        Just(DurationUnit::Day),
        Just(DurationUnit::Week),
        Just(DurationUnit::Month),
        Just(DurationUnit::Year)
    ];
    (amount(), unit).prop_map(|(count, unit)| nowhere(Duration { count, unit }))
}

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        share().prop_map(Chance::Point),
        (amount(), amount()).prop_map(|(favour, against)| Chance::Odds { favour, against }),
        (amount(), amount()).prop_map(|(successes, trials)| Chance::BaseRate { successes, trials }),
        (share(), share(), share(), share()).prop_map(|(point, level, low, high)| Chance::Interval {
            point: nowhere(point),
            level: nowhere(level),
            low: nowhere(low),
            high: nowhere(high),
        }),
        (amount(), amount()).prop_map(|(a, b)| Chance::Beta { a: nowhere(a), b: nowhere(b) }),
        Just(Chance::Like { prior: nowhere("announced_meeting".to_owned()), own: None }),
        (amount(), amount()).prop_map(|(successes, trials)| Chance::Like {
            prior: nowhere("announced_meeting".to_owned()),
            own: Some(OwnRecord { successes: nowhere(successes), trials: nowhere(trials) }),
        }),
        Just(Chance::Word { word: "very likely".to_owned(), low: 0.80, high: 0.95 }),
        Just(Chance::Word { word: "almost no chance".to_owned(), low: 0.01, high: 0.05 }),
    ]
}

fn ratio() -> impl Strategy<Value = Ratio> {
    let strength = prop_oneof![Just(Strength::Low), Just(Strength::Medium), Just(Strength::High)];
    prop_oneof![
        number().prop_map(Ratio::Times),
        (strength, any::<bool>()).prop_map(|(strength, down)| Ratio::Strength { strength, down })
    ]
}

fn number_phrase() -> impl Strategy<Value = NumberPhrase> {
    let shape = prop_oneof![
        number().prop_map(NumberShape::Constant),
        (prop_oneof![Just(0.9), share()], number(), number()).prop_map(|(level, low, high)| NumberShape::Range {
            level,
            low: nowhere(low),
            high: nowhere(high)
        }),
        proptest::collection::vec((share(), number()), 2..5).prop_map(|quantiles| NumberShape::Quantiles(
            quantiles.into_iter().map(|(level, value)| (nowhere(level), nowhere(value))).collect()
        )),
        proptest::collection::vec(number().prop_map(nowhere), 1..4)
            .prop_map(|arguments| NumberShape::Family { name: nowhere("normal".to_owned()), arguments }),
        (prop_oneof![Just("normal"), Just("lognormal")], number(), number(), number()).prop_map(
            |(family, mean, doubt, sd)| NumberShape::MeanInDoubt {
                family: nowhere(family.to_owned()),
                mean: nowhere(mean),
                doubt: nowhere(doubt),
                sd: nowhere(sd)
            }
        ),
    ];
    let limit = prop_oneof![
        number().prop_map(Limit::AtLeast),
        number().prop_map(Limit::AtMost),
        number().prop_map(Limit::CutBelow),
        number().prop_map(Limit::CutAbove)
    ];
    (shape, proptest::collection::vec(limit.prop_map(nowhere), 0..3))
        .prop_map(|(shape, limits)| NumberPhrase { shape: nowhere(shape), limits })
}

fn count_phrase() -> impl Strategy<Value = CountPhrase> {
    prop_oneof![
        amount().prop_map(CountPhrase::Constant),
        proptest::collection::vec(amount().prop_map(nowhere), 1..3)
            .prop_map(|arguments| CountPhrase::Family { name: nowhere("poisson".to_owned()), arguments }),
        (amount(), amount())
            .prop_map(|(shape, rate)| CountPhrase::PoissonGamma { shape: nowhere(shape), rate: nowhere(rate) }),
        (amount(), duration(), duration()).prop_map(|(events, seen_in, over)| CountPhrase::Rate {
            events: nowhere(events),
            seen_in,
            over
        }),
        (share(), amount(), amount()).prop_map(|(level, low, high)| CountPhrase::Range {
            level,
            low: nowhere(low),
            high: nowhere(high)
        }),
    ]
}

fn when_phrase() -> impl Strategy<Value = WhenPhrase> {
    let step = prop_oneof![
        (chance(), date()).prop_map(|(chance, date)| WhenStep::By { chance: nowhere(chance), date }),
        (chance(), duration()).prop_map(|(chance, duration)| WhenStep::Within { chance: nowhere(chance), duration }),
        (chance(), date()).prop_map(|(chance, date)| WhenStep::On { chance: nowhere(chance), date }),
        chance().prop_map(|chance| WhenStep::Never { chance: nowhere(chance) }),
    ];
    let shape = prop_oneof![
        Just(HazardShape::Constant),
        Just(HazardShape::Rising),
        Just(HazardShape::Falling),
        amount().prop_map(HazardShape::Weibull),
        Just(HazardShape::Evenly)
    ];
    (
        proptest::collection::vec(step.prop_map(nowhere), 1..4),
        proptest::option::of(shape.prop_map(nowhere)),
        any::<bool>(),
    )
        .prop_map(|(steps, shape, only)| WhenPhrase { steps, shape, only })
}

fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        proptest::option::of(date()).prop_map(|on| Effect::Happened { on }),
        Just(Effect::DidNotHappen),
        Just(Effect::WillNotHappen),
        option().prop_filter("a word of effects", |option| option.value != "now").prop_map(Effect::Is),
        option().prop_map(Effect::IsNot),
        number().prop_map(Effect::IsNumber),
        ratio().prop_map(Effect::Hint),
        chance().prop_map(Effect::Now),
    ]
}

fn supposition() -> impl Strategy<Value = Supposition> {
    prop_oneof![
        name().prop_map(Supposition::Holds),
        name().prop_map(Supposition::DoesNotHold),
        (name(), option()).prop_map(|(event, option)| Supposition::Is { event, option }),
        (name(), number()).prop_map(|(event, value)| Supposition::IsNumber { event, value }),
        (name(), date()).prop_map(|(event, date)| Supposition::On { event, date }),
    ]
}

fn made(node: ExpressionNode) -> Expression {
    Expression { node: Box::new(node), span: Span::default() }
}

const OPERATORS: [Operator; 14] = [
    Operator::Implies,
    Operator::Or,
    Operator::And,
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Greater,
    Operator::GreaterOrEqual,
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::Divide,
    Operator::Power,
];

fn operator() -> impl Strategy<Value = Spanned<Operator>> {
    proptest::sample::select(OPERATORS.to_vec()).prop_map(nowhere)
}

fn expression() -> impl Strategy<Value = Expression> {
    let relation =
        proptest::sample::select(vec![DateRelation::By, DateRelation::Before, DateRelation::After, DateRelation::On]);
    let leaf = prop_oneof![
        amount().prop_map(ExpressionNode::Number),
        any::<bool>().prop_map(ExpressionNode::Boolean),
        name().prop_map(|name| ExpressionNode::Name(name.value)),
        (name(), any::<bool>(), proptest::collection::vec(option(), 1..3))
            .prop_map(|(event, negated, options)| ExpressionNode::Is { event, negated, options }),
        (name(), relation, date()).prop_map(|(event, relation, date)| ExpressionNode::Dated { event, relation, date }),
        (name(), any::<bool>(), name()).prop_map(|(event, before, other)| ExpressionNode::Ordered {
            event,
            before,
            other
        }),
        (name(), duration(), proptest::option::of(name())).prop_map(|(event, duration, of)| ExpressionNode::Within {
            event,
            duration,
            of
        }),
        (name(), any::<bool>()).prop_map(|(event, never)| ExpressionNode::Happens { event, never }),
    ]
    .prop_map(made);
    leaf.prop_recursive(5, 24, 3, |inner| {
        let quantity = prop_oneof![
            (0u32..9).prop_map(Quantity::AtLeast),
            (0u32..9).prop_map(Quantity::AtMost),
            (0u32..9).prop_map(Quantity::Exactly),
            Just(Quantity::Number)
        ];
        let several = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            4 => (operator(), inner.clone(), inner.clone())
                .prop_map(|(operator, left, right)| ExpressionNode::Binary { operator, left, right }),
            1 => inner.clone().prop_map(ExpressionNode::Not),
            1 => inner.clone().prop_map(ExpressionNode::Negate),
            1 => (quantity, several()).prop_map(|(quantity, items)| ExpressionNode::Count { quantity, items }),
            1 => (proptest::sample::select(FUNCTIONS), inner.clone())
                .prop_map(|((_, function), of)| ExpressionNode::Apply { function, of }),
            1 => (any::<bool>(), several()).prop_map(|(largest, items)| ExpressionNode::Extreme { largest, items }),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(condition, then, otherwise)| ExpressionNode::If { condition, then, otherwise }),
        ]
        .prop_map(made)
    })
}

proptest! {
    #[test]
    fn a_chance_reads_back_as_itself(chance in chance()) {
        prop_assert_eq!(again(&chance.to_string(), grammar::chance)?, chance);
    }

    #[test]
    fn a_number_reads_back_as_itself(phrase in number_phrase()) {
        prop_assert_eq!(again(&phrase.to_string(), grammar::number)?, phrase);
    }

    #[test]
    fn a_count_reads_back_as_itself(phrase in count_phrase()) {
        prop_assert_eq!(again(&phrase.to_string(), grammar::count)?, phrase);
    }

    #[test]
    fn a_date_phrase_reads_back_as_itself(phrase in when_phrase()) {
        prop_assert_eq!(again(&phrase.to_string(), grammar::when)?, phrase);
    }

    #[test]
    fn a_ratio_reads_back_as_itself(ratio in ratio()) {
        prop_assert_eq!(again(&ratio.to_string(), grammar::ratio)?, ratio);
    }

    #[test]
    fn an_effect_reads_back_as_itself(effect in effect()) {
        prop_assert_eq!(again(&effect.to_string(), grammar::effect)?, effect);
    }

    #[test]
    fn a_supposition_reads_back_as_itself(supposition in supposition()) {
        prop_assert_eq!(again(&supposition.to_string(), grammar::supposition)?.value, supposition);
    }

    #[test]
    fn an_expression_reads_back_as_itself(expression in expression()) {
        prop_assert_eq!(again(&expression.to_string(), grammar::expression)?, expression);
    }
}

#[test]
fn percentages_move_the_point_and_round_nothing() {
    for (share, text) in
        [(0.35, "35%"), (0.005, "0.5%"), (1.0, "100%"), (0.0, "0%"), (-0.125, "-12.5%"), (0.07, "7%"), (12.0, "1200%")]
    {
        assert_eq!(percent(share), text);
    }
}

/// Every way to put one form on either side of an operator, inside `not` and inside a minus.
#[test]
fn every_form_inside_every_operator_reads_back_as_itself() {
    let name = |name: &str| made(ExpressionNode::Name(name.to_owned()));
    let binary = |operator: Operator, left: Expression, right: Expression| {
        made(ExpressionNode::Binary { operator: nowhere(operator), left, right })
    };
    let mut forms: Vec<Expression> =
        OPERATORS.into_iter().map(|operator| binary(operator, name("a"), name("b"))).collect();
    forms.extend([
        made(ExpressionNode::Not(name("a"))),
        made(ExpressionNode::Negate(name("a"))),
        made(ExpressionNode::If { condition: name("a"), then: name("b"), otherwise: name("c") }),
        made(ExpressionNode::Happens { event: nowhere("a".to_owned()), never: true }),
        made(ExpressionNode::Count { quantity: Quantity::Number, items: vec![name("a")] }),
    ]);
    for form in &forms {
        let mut around = vec![made(ExpressionNode::Not(form.clone())), made(ExpressionNode::Negate(form.clone()))];
        for operator in OPERATORS {
            around.push(binary(operator, form.clone(), name("z")));
            around.push(binary(operator, name("z"), form.clone()));
        }
        for expression in around {
            let text = expression.to_string();
            assert_eq!(again(&text, grammar::expression).expect("reads"), expression, "{text}");
        }
    }
}
