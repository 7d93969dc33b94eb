from django.db import migrations

#: As before, with the wall inside; what is new is the way through time. `slices` are the tokens of weeks, the newest first:
#: the index is asked for two of them, then eight, thirty-two and so on, until there are enough, and at the end for all rows
#: before `rest`. Without slices it is asked once, as the version before was.
CREATE = """
GRANT CREATE ON SCHEMA public TO chatzee_crossing;
DROP FUNCTION conversations_search_candidates;
CREATE FUNCTION conversations_search_candidates(
    wanted bigint[], of_source text, before uuid, seen uuid[], most integer, slices bigint[] DEFAULT '{}', rest uuid DEFAULT NULL)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    own uuid := nullif(current_setting('app.workspace', true), '')::uuid;
    start integer := 1;
    width integer := 2;
    missing integer := most;
    given integer;
    stretch bigint[];
BEGIN
    WHILE start <= cardinality(slices) LOOP
        stretch := slices[start : start + width - 1];
        RETURN QUERY WITH found AS MATERIALIZED (
            SELECT e.id FROM public.conversations_searchentry e
            WHERE e.tokens @> wanted AND e.tokens && stretch AND e.workspace_id = own AND e.source = of_source
            AND (before IS NULL OR e.id < before) AND (seen IS NULL OR e.inbox_id = ANY (seen)))
        SELECT f.id FROM found f ORDER BY f.id DESC LIMIT missing;
        GET DIAGNOSTICS given = ROW_COUNT;
        missing := missing - given;
        IF missing <= 0 THEN RETURN; END IF;
        start := start + width;
        width := width * 4;
    END LOOP;
    RETURN QUERY WITH found AS MATERIALIZED (
        SELECT e.id FROM public.conversations_searchentry e
        WHERE e.tokens @> wanted AND e.workspace_id = own AND e.source = of_source AND (rest IS NULL OR e.id < rest)
        AND (before IS NULL OR e.id < before) AND (seen IS NULL OR e.inbox_id = ANY (seen)))
    SELECT f.id FROM found f ORDER BY f.id DESC LIMIT missing;
END $$;
REVOKE ALL ON FUNCTION conversations_search_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION conversations_search_candidates TO chatzee_app;
ALTER FUNCTION conversations_search_candidates OWNER TO chatzee_crossing;
REVOKE CREATE ON SCHEMA public FROM chatzee_crossing;
"""


class Migration(migrations.Migration):
    """A search asks the word index for the newest weeks first. What was indexed has no weeks: it is indexed anew."""

    dependencies = [("conversations", "0010_identity_aliases")]

    operations = [
        migrations.RunSQL("TRUNCATE conversations_searchentry", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(CREATE, reverse_sql=migrations.RunSQL.noop),
    ]
