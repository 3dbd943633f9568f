#!/usr/bin/env bash
# What the action does: annotations, a job summary and a SARIF file. The exit code of `tamis scan` becomes an output, so that
# the report can be uploaded before the job fails.
set +e -uo pipefail

zero='^0*$'
arguments=(--format github --report "sarif=$TAMIS_SARIF")
[ -n "${TAMIS_HTML:-}" ] && arguments+=(--report "html=$TAMIS_HTML")
[ -n "${TAMIS_BASELINE:-}" ] && arguments+=(--baseline "$TAMIS_BASELINE")
[ -n "${TAMIS_MIN_CONFIDENCE:-}" ] && arguments+=(--min-confidence "$TAMIS_MIN_CONFIDENCE")

case ${TAMIS_SCOPE:-changes} in
    files) ;;
    history) arguments+=(--git --all) ;;
    changes)
        # The commits of a pull request, or those of a push. Of a new branch, and after a push that was forced, those that the
        # default branch does not lead to; of the default branch itself, a schedule or a run by hand, all.
        base=${TAMIS_BASE:-}
        if [[ $base =~ $zero ]] || ! git cat-file -e "$base^{commit}" 2>/dev/null; then
            base=$(git merge-base HEAD "origin/${TAMIS_DEFAULT_BRANCH:-main}" 2>/dev/null)
            [ "$base" = "$(git rev-parse HEAD)" ] && base=
        fi
        arguments+=(--git "${base:+$base..}HEAD")
        ;;
    *)
        echo "::error title=Tamis::scope is ${TAMIS_SCOPE}: write changes, history or files"
        exit 2
        ;;
esac

# shellcheck disable=SC2206 # More arguments are words of their own.
arguments+=(${TAMIS_ARGS:-})
tamis scan "${arguments[@]}"
code=$?
if [ "$code" -ne 0 ] && [ "$code" -ne 1 ]; then
    echo "::error title=Tamis::tamis scan ended with $code: 2 a mistake or not everything could be read, 3 blocked by policy, 4 no audit log"
fi
{
    echo "exit-code=$code"
    echo "sarif=$TAMIS_SARIF"
} >>"$GITHUB_OUTPUT"
