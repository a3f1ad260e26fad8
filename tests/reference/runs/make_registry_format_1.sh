#!/bin/sh
# Makes registry_format_1.sqlite: sh make_registry_format_1.sh PATH/TO/erba (built from ab0faf3), in an empty folder.
set -eu
printf 'customer_id,date,amount\n' > sales.csv
for month in 01 02 03 04 05 06; do
    for customer in 1 2 3 4 5 6; do
        echo "c$customer,2022-$month-1$customer,$((customer * customer * 10 + ${month#0})).5" >> sales.csv
    done
done
export ERBA_REGISTRY=registry_format_1.sqlite
"$1" run --transactions sales.csv --out result --force --quiet --name first
"$1" run --transactions sales.csv --as-of 2022-05-31 --out result --force --quiet
# Small pages keep the file small in the repository.
sqlite3 "$ERBA_REGISTRY" 'PRAGMA journal_mode = delete; PRAGMA page_size = 512; VACUUM; PRAGMA journal_mode = wal;'
