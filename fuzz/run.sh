#!/bin/sh
# Builds the targets with the stable compiler (no sanitizer: the program has no unsafe code) and runs each, or those named,
# one after the other for SECONDS each.
#
#   fuzz/run.sh [SECONDS [TARGET...]]
#
# What is found lies in fuzz/artifacts; what was tried in fuzz/corpus. With nightly and cargo-fuzz: cargo fuzz run TARGET.
set -eu
cd "$(dirname "$0")"
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- read charset clean query visible archive
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code" \
  cargo build --release --quiet --target "$(rustc -vV | sed -n 's/^host: //p')"
for target in "$@"; do
  case $target in
    read | clean) seeds="../fixtures/clips ../fixtures/pages" ;;
    *) seeds=$(ls -d "seeds/$target" 2>/dev/null || true) ;;
  esac
  mkdir -p "corpus/$target" "artifacts/$target"
  echo "$target, $seconds s"
  "target/$(rustc -vV | sed -n 's/^host: //p')/release/$target" "corpus/$target" $seeds \
    -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -print_final_stats=1
done
