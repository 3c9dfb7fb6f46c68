//! Programs that a configuration names.

use super::{configured, refused};

#[test]
fn programs_run_only_when_something_is_prepared_from_what_is_committed() {
    let text = "[[run]]\ncommand = [\"sh\", \"-c\", \"echo >../ran\"]\n";
    let fixture = configured(text);
    let ran = fixture.sandbox.dir().join("ran");
    for args in
        ["branch --dry-run", "branch --dry-run --format json", "check", "check-msrv", "schedule", "status"]
    {
        fixture.run(args);
        assert!(!ran.exists(), "`{args}` runs programs");
    }
    fixture.sandbox.write("relprep.toml", text.replace("echo", "exec echo"));
    for args in ["branch", "branch --allow-dirty", "branch --allow-dirty --config relprep.toml"] {
        let said = refused(&fixture, args, args);
        assert!(said.err.contains("error[config-runs]") || !args.contains("--allow"), "{}", said.err);
        assert!(!ran.exists(), "`{args}` runs programs that are not committed");
    }
}
