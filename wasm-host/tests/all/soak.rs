//! Many exchanges of all shapes, some of them broken: nothing crashes, grows or gets through.

use tamis_corpus::random::Rng;
use tamis_wasm_host::{Collector, Mixed};

use crate::support::start;

#[test]
fn any_exchange_comes_through_without_the_key_and_leaves_nothing_behind() {
    let Some(mut vm) = start(r#"{"gateway": {"collector": {"cluster": "log"}}}"#) else { return };
    vm.set_collector(Collector::Answers(200));
    let mut rng = Rng::new(5);
    let mut settled = 0;
    for number in 0..1500 {
        let mixed = Mixed::any(&mut rng);
        let passed = vm.exchange(mixed.exchange.clone());
        if let Some(wrong) = mixed.wrong(&passed) {
            panic!("exchange {number}: {wrong}\n{:?}", mixed.exchange);
        }
        if number % 50 == 0 {
            vm.tick().expect("it lives");
            vm.take_calls();
            vm.take_log();
        }
        if number == 500 {
            settled = vm.memory();
        }
    }
    assert_eq!(vm.memory(), settled, "memory grows");
}
