"""The SQL of the ledger: its one way in, the view that statements read, and what guards the tables.

`post(batch)` is the only writer of transfers and balances. It answers each item of a batch in order:

- `posted`, `already_posted` (same key, same body), `conflict` (same key, other body), `refused` with a reason;
- one refused item never aborts the others, and an earlier credit funds a later debit of the same batch;
- a refused item leaves no row, so its key may be tried again.

`at` is no part of the body: a retry comes later, and is the same transfer all the same.

There are three ways through it, and they come to the same (`tests/test_post_ways.py`):

- *quick*, for a single transfer: it writes when nothing stands against it, in three statements;
- *hopeful*, the first attempt at a batch: keys are not looked up. When each item was posted and the unique indexes
  took them all, then no key was there, and looking would have found nothing;
- *careful*, for whatever is left: refusals, repeats, conflicts. What the first two tried is undone or was nothing.

How it stays right under concurrency (READ COMMITTED, the default):

1. Every limited account of the batch is locked once, in the order of ids, so two batches cannot deadlock over accounts.
2. Keys are looked up, or tried, after the locks are held. Two sessions that post the same key mostly share a limited
   account, so the second one waits there, and then finds the key.
3. Where they share none, the unique index on the key decides: rows are inserted in the order of their keys (no
   deadlock), and a session that finds one taken under its hands undoes its attempt and starts again; this time
   it sees the other's row. Locks are taken inside the attempt: locking and updating from two
   levels of subtransactions would make a multixact of every row.
4. The transaction takes its number before it draws an id, also where no limited account is locked: what `audit` seals
   by the order of ids stands on that.

The loop over items is plain arithmetic on arrays; everything that touches tables is set-based, planned once, and
made to go by index: a plan made while the table was nearly empty would else scan it for as long as the session lives.

The text below is always the newest. Each change of it comes with a migration that runs it again, as `0013_overdraw`
does: an earlier migration that imports it gives a new database the newest text a little early, which does no harm as
long as name, arguments and columns stay.
"""

from __future__ import annotations

# One item of a batch, as it is handed over, and what is looked at.
COLUMNS = """key text, payer bigint, payee bigint, minutes numeric, kind text, origin text, reason text,
               at timestamptz, reverses bigint, expires_at timestamptz"""
FACTS = """r.key, r.payer, r.payee, r.kind, coalesce(r.origin, '') AS origin, coalesce(r.reason, '') AS reason,
               r.at, r.reverses, r.expires_at,
               CASE WHEN r.minutes BETWEEN 1 AND 10000000 AND r.minutes = trunc(r.minutes) THEN r.minutes::bigint END
                   AS amount,
               coalesce(r.key, '') = '' OR length(r.key) > 80 OR coalesce(r.kind, '') = '' OR length(r.kind) > 16
                   OR coalesce(length(r.origin) > 80 OR length(r.reason) > 160, false) OR r.at IS NULL
                   OR (r.kind = 'hold') <> (r.expires_at IS NOT NULL)
                   OR (r.kind = 'reversal') <> (r.reverses IS NOT NULL) AS is_malformed"""

# A single transfer that nothing stands against: three statements instead of a dozen. Whatever is not posted here –
# refused, a repeat, a reversal – has changed nothing, and the general way below says what becomes of it.
ONE = f"""
        SELECT {FACTS}
          INTO a_key, a_payer, a_payee, a_kind, an_origin, a_reason, a_moment, a_reversed, an_expiry, an_amount,
               is_malformed
          FROM jsonb_to_recordset(batch) AS r ({COLUMNS});
        IF NOT is_malformed AND an_amount IS NOT NULL AND a_payer <> a_payee AND a_reversed IS NULL THEN
            PERFORM 1 FROM timebank_account a
              WHERE a.id IN (a_payer, a_payee) AND a.is_limited ORDER BY a.id FOR UPDATE;
            own_number := pg_current_xact_id();
            INSERT INTO timebank_transfer (key, payer_id, payee_id, minutes, kind, origin, reason, at, expires_at,
                    payer_balance_after, payer_sequence, payee_balance_after, payee_sequence)
            SELECT a_key, a_payer, a_payee, an_amount, a_kind, an_origin, a_reason, a_moment, an_expiry,
                   p.balance_minutes - an_amount, p.sequence + 1, q.balance_minutes + an_amount, q.sequence + 1
              FROM timebank_account p, timebank_account q
             WHERE p.id = a_payer AND q.id = a_payee AND p.closed_at IS NULL AND q.closed_at IS NULL
               AND (NOT p.is_limited OR p.balance_minutes - an_amount >= p.floor_minutes - p.overdraft_minutes)
            ON CONFLICT (key) DO NOTHING
            RETURNING id INTO transfer_id;
            IF transfer_id IS NOT NULL THEN
                said := set_config('xinglin.posting', 'on', true);
                UPDATE timebank_account a
                   SET balance_minutes = a.balance_minutes
                           + CASE a.id WHEN a_payee THEN an_amount ELSE -an_amount END,
                       sequence = a.sequence + 1
                 WHERE a.id IN (a_payer, a_payee) AND a.is_limited;
                said := set_config('xinglin.posting', '', true);
                item := 1;
                answer := 'posted';
                RETURN NEXT;
                RETURN;
            END IF;
        END IF;"""

FUNCTION = f"""
CREATE OR REPLACE FUNCTION post(batch jsonb)
RETURNS TABLE (item integer, answer text, why text, transfer_id bigint)
LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan
AS $post$
DECLARE
    n integer := jsonb_array_length(batch);
    keys text[]; payers bigint[]; payees bigint[]; amounts bigint[]; kinds text[]; origins text[]; reasons text[];
    moments timestamptz[]; reversed_ids bigint[]; expiries timestamptz[];
    malformed boolean[]; bad_minutes boolean[];
    items integer[];
    key_leaders integer[];      -- the first item of the batch with the same key
    payer_places integer[]; payee_places integer[]; account_ids bigint[];
    known boolean[]; limited boolean[]; closed boolean[]; floors bigint[]; balances bigint[]; sequences bigint[];
    found_ids bigint[]; found_same boolean[];
    original_known boolean[]; original_mirrored boolean[]; original_reversed boolean[];
    reversed_here bigint[];
    answers text[]; whys text[]; ids bigint[]; posted_by integer[];
    payer_balances bigint[]; payer_sequences bigint[]; payee_balances bigint[]; payee_sequences bigint[];
    next_id regclass := pg_get_serial_sequence('timebank_transfer', 'id')::regclass;
    posted integer; attempt integer := 0;
    i integer; p integer; q integer; leader integer;
    seed bytea;                 -- of the salts
    said text; own_number xid8;
    -- of a single transfer
    a_key text; a_payer bigint; a_payee bigint; an_amount bigint; a_kind text; an_origin text; a_reason text;
    a_moment timestamptz; a_reversed bigint; an_expiry timestamptz; is_malformed boolean;
BEGIN
    IF n > 10000 THEN
        RAISE EXCEPTION 'a batch holds at most 10000 transfers, not %', n USING ERRCODE = 'program_limit_exceeded';
    END IF;
    IF n = 0 THEN
        RETURN;
    END IF;
    IF n = 1 THEN
{ONE}
    END IF;

    SELECT array_agg(b.key), array_agg(b.payer), array_agg(b.payee), array_agg(b.amount), array_agg(b.kind),
           array_agg(b.origin), array_agg(b.reason), array_agg(b.at), array_agg(b.reverses), array_agg(b.expires_at),
           array_agg(b.is_malformed), array_agg(b.amount IS NULL), array_agg(b.item::integer)
      INTO keys, payers, payees, amounts, kinds, origins, reasons, moments, reversed_ids, expiries,
           malformed, bad_minutes, items
      FROM (
        SELECT {FACTS}, r.item
          FROM ROWS FROM (jsonb_to_recordset(batch) AS ({COLUMNS})) WITH ORDINALITY
               AS r (key, payer, payee, minutes, kind, origin, reason, at, reverses, expires_at, item)
         ORDER BY r.item) b;

    -- Each account of the batch gets a place: the arrays below hold what is known of it there.
    SELECT array_agg(l.place ORDER BY l.item) FILTER (WHERE l.pays),
           array_agg(l.place ORDER BY l.item) FILTER (WHERE NOT l.pays)
      INTO payer_places, payee_places
      FROM (SELECT s.item, s.pays, (dense_rank() OVER (ORDER BY s.account))::integer AS place
              FROM (SELECT u.item, true AS pays, u.account FROM unnest(payers) WITH ORDINALITY AS u (account, item)
                    UNION ALL
                    SELECT u.item, false, u.account FROM unnest(payees) WITH ORDINALITY AS u (account, item)) s) l;
    SELECT array_agg(d.account ORDER BY d.account)
      INTO account_ids
      FROM (SELECT unnest(payers) AS account UNION SELECT unnest(payees)) d;

    LOOP
        attempt := attempt + 1;
        BEGIN
            PERFORM 1 FROM timebank_account a
              WHERE a.id = ANY (account_ids) AND a.is_limited ORDER BY a.id FOR UPDATE;
            SELECT array_agg(a.id IS NOT NULL ORDER BY d.place), array_agg(a.is_limited ORDER BY d.place),
                   array_agg(a.closed_at IS NOT NULL ORDER BY d.place),
                   array_agg(a.floor_minutes - a.overdraft_minutes ORDER BY d.place),
                   array_agg(a.balance_minutes ORDER BY d.place), array_agg(a.sequence ORDER BY d.place)
              INTO known, limited, closed, floors, balances, sequences
              FROM unnest(account_ids) WITH ORDINALITY AS d (id, place)
              LEFT JOIN timebank_account a ON a.id = d.id;

            IF attempt = 1 THEN
                key_leaders := items;
                found_ids := array_fill(NULL::bigint, ARRAY[n]);
                found_same := array_fill(NULL::boolean, ARRAY[n]);
            ELSE
                SELECT array_agg(l.leader ORDER BY l.item)
                  INTO key_leaders
                  FROM (SELECT k.item, (min(k.item) OVER (PARTITION BY k.key))::integer AS leader
                          FROM unnest(keys) WITH ORDINALITY AS k (key, item)) l;
                SELECT array_agg(t.id ORDER BY k.item),
                       array_agg(t.payer_id = payers[k.item] AND t.payee_id = payees[k.item]
                           AND t.minutes = amounts[k.item] AND t.kind = kinds[k.item] AND t.origin = origins[k.item]
                           AND t.reason = reasons[k.item] AND t.reverses IS NOT DISTINCT FROM reversed_ids[k.item]
                           AND t.expires_at IS NOT DISTINCT FROM expiries[k.item] ORDER BY k.item)
                  INTO found_ids, found_same
                  FROM unnest(keys) WITH ORDINALITY AS k (key, item)
                  LEFT JOIN timebank_transfer t ON t.key = k.key;
            END IF;

            reversed_here := ARRAY[]::bigint[];
            IF num_nonnulls(VARIADIC reversed_ids) > 0 THEN
                SELECT array_agg(o.id IS NOT NULL ORDER BY r.item),
                       array_agg(returns_to(o.payer_id) = payees[r.item] AND o.payee_id = payers[r.item]
                           AND o.minutes >= amounts[r.item] ORDER BY r.item),
                       array_agg(EXISTS (SELECT 1 FROM timebank_transfer b WHERE b.reverses = r.id) ORDER BY r.item)
                  INTO original_known, original_mirrored, original_reversed
                  FROM unnest(reversed_ids) WITH ORDINALITY AS r (id, item)
                  LEFT JOIN timebank_transfer o ON o.id = r.id;
            END IF;

            answers := array_fill('refused'::text, ARRAY[n]);
            whys := array_fill(NULL::text, ARRAY[n]);
            ids := array_fill(NULL::bigint, ARRAY[n]);
            posted_by := array_fill(NULL::integer, ARRAY[n]);
            payer_balances := array_fill(NULL::bigint, ARRAY[n]);
            payer_sequences := payer_balances;
            payee_balances := payer_balances;
            payee_sequences := payer_balances;
            posted := 0;
            own_number := pg_current_xact_id();  -- before any id is drawn: what the sealer's lag rule stands on

            FOR i IN 1..n LOOP
                p := payer_places[i];
                q := payee_places[i];
                leader := key_leaders[i];
                IF found_ids[i] IS NOT NULL THEN
                    answers[i] := CASE WHEN found_same[i] THEN 'already_posted' ELSE 'conflict' END;
                    ids[i] := found_ids[i];
                ELSIF posted_by[leader] IS NOT NULL THEN
                    leader := posted_by[leader];
                    answers[i] := CASE WHEN payers[i] = payers[leader] AND payees[i] = payees[leader]
                        AND amounts[i] = amounts[leader] AND kinds[i] = kinds[leader]
                        AND origins[i] = origins[leader] AND reasons[i] = reasons[leader]
                        AND reversed_ids[i] IS NOT DISTINCT FROM reversed_ids[leader]
                        AND expiries[i] IS NOT DISTINCT FROM expiries[leader]
                        THEN 'already_posted' ELSE 'conflict' END;
                    ids[i] := ids[leader];
                ELSIF malformed[i] THEN
                    whys[i] := 'malformed';
                ELSIF bad_minutes[i] THEN
                    whys[i] := 'minutes';
                ELSIF p = q THEN
                    whys[i] := 'same_account';
                ELSIF NOT (known[p] AND known[q]) THEN
                    whys[i] := 'unknown_account';
                ELSIF closed[p] OR closed[q] THEN
                    whys[i] := 'closed';
                ELSIF reversed_ids[i] IS NOT NULL AND NOT original_known[i] THEN
                    whys[i] := 'unknown_original';
                ELSIF reversed_ids[i] IS NOT NULL AND NOT original_mirrored[i] THEN
                    whys[i] := 'no_mirror';
                ELSIF reversed_ids[i] IS NOT NULL
                      AND (original_reversed[i] OR reversed_ids[i] = ANY (reversed_here)) THEN
                    whys[i] := 'already_reversed';
                ELSIF limited[p] AND balances[p] - amounts[i] < floors[p] THEN
                    whys[i] := 'floor';
                ELSE
                    answers[i] := 'posted';
                    ids[i] := nextval(next_id);  -- drawn under the locks: within an account, ids rise with the sequence
                    posted_by[leader] := i;
                    posted := posted + 1;
                    IF reversed_ids[i] IS NOT NULL THEN
                        reversed_here := reversed_here || reversed_ids[i];
                    END IF;
                    IF limited[p] THEN
                        balances[p] := balances[p] - amounts[i];
                        sequences[p] := sequences[p] + 1;
                        payer_balances[i] := balances[p];
                        payer_sequences[i] := sequences[p];
                    END IF;
                    IF limited[q] THEN
                        balances[q] := balances[q] + amounts[i];
                        sequences[q] := sequences[q] + 1;
                        payee_balances[i] := balances[q];
                        payee_sequences[i] := sequences[q];
                    END IF;
                END IF;
            END LOOP;

            IF posted < n AND attempt = 1 THEN
                RAISE EXCEPTION 'not all are new and sound: look closely' USING ERRCODE = 'XL001';
            END IF;
            IF posted > 0 THEN
                -- Salts come from 244 random bits that nobody keeps: none can be told from another one. To ask the
                -- system for each would take a fifth of the time.
                seed := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
                INSERT INTO timebank_transfer (id, key, payer_id, payee_id, minutes, kind, origin, reason, at, reverses,
                        expires_at, payer_balance_after, payer_sequence, payee_balance_after, payee_sequence, salt)
                SELECT ids[k], keys[k], payers[k], payees[k], amounts[k], kinds[k], origins[k], reasons[k], moments[k],
                       reversed_ids[k], expiries[k], payer_balances[k], payer_sequences[k], payee_balances[k],
                       payee_sequences[k], encode(substr(sha256(seed || int8send(ids[k])), 1, 16), 'hex')::uuid
                  FROM generate_series(1, n) k
                 WHERE answers[k] = 'posted'
                 ORDER BY keys[k] COLLATE "C";

                said := set_config('xinglin.posting', 'on', true);
                UPDATE timebank_account a
                   SET balance_minutes = c.balance, sequence = c.sequence
                  FROM unnest(account_ids, balances, sequences, limited) AS c (id, balance, sequence, is_limited)
                 WHERE a.id = c.id AND c.is_limited AND a.sequence <> c.sequence;
                said := set_config('xinglin.posting', '', true);
            END IF;
            EXIT;
        EXCEPTION WHEN unique_violation OR SQLSTATE 'XL001' THEN
            -- Each new attempt has at least one key less to race for; so many in a row mean a broken index.
            IF attempt >= 100 THEN
                RAISE;
            END IF;
        END;
    END LOOP;

    RETURN QUERY
        SELECT a.item::integer, a.answer, a.why, a.id
          FROM unnest(answers, whys, ids) WITH ORDINALITY AS a (answer, why, id, item)
         ORDER BY a.item;
END $post$
"""

# Debts are repaid by Python, in the transaction of the post. That costs a BEGIN, a look at the debts and a COMMIT, and
# hardly anybody owes: so this one looks by itself, after `post` has taken its locks, and undoes all if somebody does.
FUNCTION_UNLESS_OWING = """
CREATE OR REPLACE FUNCTION post_unless_owing(batch jsonb)
RETURNS TABLE (item integer, answer text, why text, transfer_id bigint)
LANGUAGE plpgsql
AS $post$
BEGIN
    RETURN QUERY SELECT p.item, p.answer, p.why, p.transfer_id FROM post(batch) p;
    IF EXISTS (SELECT 1 FROM timebank_debt d WHERE d.minutes > d.repaid_minutes + d.forgiven_minutes)
       AND EXISTS (SELECT 1 FROM timebank_debt d WHERE d.minutes > d.repaid_minutes + d.forgiven_minutes
                      AND d.account_id IN (SELECT (b.one ->> 'payee')::bigint
                                             FROM jsonb_array_elements(batch) AS b (one)))
    THEN
        RAISE EXCEPTION 'somebody who is paid owes minutes' USING ERRCODE = 'XL002';
    END IF;
END $post$
"""

# Where the minutes of a transfer go back to when it is reversed: to its payer. What was paid out of a hold goes to whom
# the hold was of, since that hold has ended.
FUNCTION_RETURNS_TO = """
CREATE OR REPLACE FUNCTION returns_to(payer bigint) RETURNS bigint LANGUAGE sql STABLE AS $returns$
    SELECT coalesce(
        (SELECT m.id FROM timebank_account h
           JOIN timebank_account m ON m.person_id = h.person_id AND m.unit_id IS NULL AND m.kind = 'member'
          WHERE h.id = payer AND h.kind = 'member_held'), payer)
$returns$
"""

# How far a member may go below the floor. It follows the policy from one moment to the next, and never asks for more
# than lies there: who is further down already stays there, and only goes up.
FUNCTION_OVERDRAFT = """
CREATE OR REPLACE FUNCTION allow_overdraft(account bigint, minutes bigint)
RETURNS TABLE (before bigint, after bigint, entries bigint)
LANGUAGE plpgsql
AS $allow$
DECLARE
    said text;
BEGIN
    SELECT a.overdraft_minutes, greatest(minutes, a.floor_minutes - a.balance_minutes, 0), a.sequence
      INTO before, after, entries
      FROM timebank_account a WHERE a.id = account AND a.is_limited FOR UPDATE;
    IF before IS DISTINCT FROM after THEN
        said := set_config('xinglin.posting', 'on', true);
        UPDATE timebank_account a SET overdraft_minutes = after WHERE a.id = account;
        said := set_config('xinglin.posting', '', true);
        RETURN NEXT;
    END IF;
END $allow$
"""
OVERDRAFT_GUARD = (
    "CREATE TRIGGER timebank_account_overdraws_by_policy BEFORE UPDATE OF overdraft_minutes ON timebank_account "
    "FOR EACH ROW WHEN (current_setting('xinglin.posting', true) IS DISTINCT FROM 'on' "
    "AND OLD.overdraft_minutes IS DISTINCT FROM NEW.overdraft_minutes) EXECUTE FUNCTION refuse_change_of_account()"
)
OVERDRAFT_OPENS_AT_ZERO = (
    "CREATE TRIGGER timebank_account_opens_without_overdraft BEFORE INSERT ON timebank_account FOR EACH ROW "
    "WHEN (NEW.overdraft_minutes <> 0) EXECUTE FUNCTION refuse_change_of_account()"
)

# One line per limited side: what a statement shows and a verification walks.
ENTRY_VIEW = """
CREATE VIEW timebank_entry AS
SELECT t.id AS transfer_id, t.payer_id AS account_id, t.payee_id AS other_id, -t.minutes::bigint AS minutes,
       t.payer_balance_after AS balance_after, t.payer_sequence AS sequence,
       t.kind, t.origin, t.reason, t.at, t.reverses, t.expires_at
  FROM timebank_transfer t WHERE t.payer_sequence IS NOT NULL
UNION ALL
SELECT t.id, t.payee_id, t.payer_id, t.minutes::bigint,
       t.payee_balance_after, t.payee_sequence,
       t.kind, t.origin, t.reason, t.at, t.reverses, t.expires_at
  FROM timebank_transfer t WHERE t.payee_sequence IS NOT NULL
"""

# Whoever writes SQL can also write `SET xinglin.posting`: this catches code paths, not attackers. The floor
# is a check constraint and stands whatever is set; tampering is what verify_ledger and the seals are for.
ACCOUNT_GUARD = """
CREATE FUNCTION refuse_change_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'balances and the kind of an account change only by post()' USING ERRCODE = 'restrict_violation';
END $$
"""

GUARDS = [
    ACCOUNT_GUARD,
    "CREATE TRIGGER timebank_account_opens_empty BEFORE INSERT ON timebank_account FOR EACH ROW "
    "WHEN (NEW.balance_minutes <> 0 OR NEW.sequence <> 0) EXECUTE FUNCTION refuse_change_of_account()",
    "CREATE TRIGGER timebank_account_moves_by_post BEFORE UPDATE OF balance_minutes, sequence ON timebank_account "
    "FOR EACH ROW WHEN (current_setting('xinglin.posting', true) IS DISTINCT FROM 'on' "
    "AND (OLD.balance_minutes, OLD.sequence) IS DISTINCT FROM (NEW.balance_minutes, NEW.sequence)) "
    "EXECUTE FUNCTION refuse_change_of_account()",
    "CREATE TRIGGER timebank_account_keeps_its_kind BEFORE UPDATE OF id, code, kind, is_limited ON timebank_account "
    "FOR EACH ROW WHEN ((OLD.id, OLD.code, OLD.kind, OLD.is_limited) IS DISTINCT FROM "
    "(NEW.id, NEW.code, NEW.kind, NEW.is_limited)) EXECUTE FUNCTION refuse_change_of_account()",
    "CREATE TRIGGER timebank_account_is_kept BEFORE DELETE ON timebank_account "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER timebank_account_is_not_emptied BEFORE TRUNCATE ON timebank_account "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
]

UNGUARD = [
    "DROP TRIGGER timebank_account_is_not_emptied ON timebank_account",
    "DROP TRIGGER timebank_account_is_kept ON timebank_account",
    "DROP TRIGGER timebank_account_keeps_its_kind ON timebank_account",
    "DROP TRIGGER timebank_account_moves_by_post ON timebank_account",
    "DROP TRIGGER timebank_account_opens_empty ON timebank_account",
    "DROP FUNCTION refuse_change_of_account()",
]
