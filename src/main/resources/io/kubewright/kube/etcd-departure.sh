staying=@staying@
members "$staying"
member=$(member_at @address@)
if [ -z "$member" ]; then
    kw_say @name@' is no member of etcd any more'
    exit 0
fi
if ! ask --endpoints "$staying" endpoint health; then
    echo 'not all members of etcd that stay are well, so none is taken out: the majority could go' >&2
    exit 1
fi
ask --endpoints "$staying" member remove "$member"
