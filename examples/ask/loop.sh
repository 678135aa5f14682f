#!/bin/sh
# A program that asks, in shell: the parabola's trainings are one subtraction and a product each.
#   dropsweep launch --detach sweep.yaml && sh loop.sh
# A training that another asker left is gone on with from the step that it has reported. Between steps that take longer
# than the lease there would be: dropsweep tell "$lease" --alive
field() { printf '%s' "$1" | sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p"; }

while :; do
  asked=$(dropsweep ask "${1:-parabola}" --wait-seconds 60) || exit 1
  case $(field "$asked" kind) in
    over) exit 0 ;;
    wait) continue ;;
  esac
  lease=$(field "$asked" lease)
  x=$(field "$asked" x)
  step=$(field "$asked" step)
  steps=$(field "$asked" steps)
  while [ "$step" -lt "$steps" ]; do
    step=$((step + 1))
    loss=$(((x - 3) * (x - 3) * (3 - step)))
    answer=$(dropsweep tell "$lease" --step "$step" "loss=$loss") || exit 1
    [ "$(field "$answer" answer)" = go ] || break
  done
done
