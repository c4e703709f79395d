/**
 * Programs that never run a command from their arguments: `echo rm x` does not run `rm x`. For all other programs, rules that deny are
 * checked against the arguments as well.
 */
const passivePrograms = new Set(
  (": [ alias b2sum base32 base64 basename bg break cal cat cd chgrp chmod chown cksum clear cmp col colrm column comm continue cp csplit \
curl cut date dd df diff dig dir dirname dirs du echo egrep exit expand expr factor false fg fgrep file fmt fold free getconf getent \
getopts grep groups gunzip gzip head hexdump hostname iconv id install jobs join jq kill killall last ldd link ln local locale locate \
logger logname look ls lsof lsblk lscpu md5sum mkdir mkfifo mktemp more mv nl nproc nslookup numfmt od paste patch pgrep ping pkill \
popd pr printenv printf ps pushd pwd read readlink realpath return rev rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum \
shasum shift shred shuf sleep stat strings stty sum sync tac tail tee test tokei touch tr tree true truncate tsort tty type ulimit umask \
uname unexpand uniq unlink unset unzip uptime vmstat wait wc whereis which who whoami xxd xz yes yq zcat zgrep").split(
    " "
  )
)

export const isPassive = (name: string): boolean => passivePrograms.has(name)
