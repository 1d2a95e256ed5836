for pass in 1 2 3 4 5; do
    secrets >"$KW_TMP/secrets"
    sed -n 's/ readable$//p' "$KW_TMP/secrets" >"$KW_TMP/readable"
    if [ ! -s "$KW_TMP/readable" ]; then exit 0; fi
    kw_say "writing $(wc -l <"$KW_TMP/readable") Secrets anew, so that they are encrypted"
    while read -r key; do
        name=$(printf '%s' "$key" | base64 -d)
        name=${name#/registry/secrets/}
        # One that goes or changes meanwhile is looked at again in the next pass. Its content stays in this pipe.
        kubectl --kubeconfig "$directory/admin.conf" --request-timeout 20s get secret --namespace "${name%%/*}" \
            --ignore-not-found --output json "${name#*/}" </dev/null |
            kubectl --kubeconfig "$directory/admin.conf" --request-timeout 20s replace --filename - >/dev/null 2>&1 || :
    done <"$KW_TMP/readable"
done
secrets >"$KW_TMP/secrets"
sed -n 's/ readable$//p' "$KW_TMP/secrets" >"$KW_TMP/readable"
if [ -s "$KW_TMP/readable" ]; then
    echo "$(wc -l <"$KW_TMP/readable") Secrets stay readable in etcd although they were written again, among them:" >&2
    head -n 5 "$KW_TMP/readable" | while read -r key; do printf '%s' "$key" | base64 -d >&2 && echo >&2; done
    exit 1
fi
