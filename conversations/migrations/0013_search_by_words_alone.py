from django.db import migrations

#: As before; what is new is where the wall stands: around what the words' index found, which holds a workspace's words as
#: tokens of its own anyway. Beside the words, it led Postgres to read a workspace's whole list of people for a word that
#: many messages hold and nobody is called.
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
            SELECT e.id, e.workspace_id FROM public.conversations_searchentry e
            WHERE e.tokens @> wanted AND e.tokens && stretch AND e.source = of_source
            AND (before IS NULL OR e.id < before) AND (seen IS NULL OR e.inbox_id = ANY (seen)))
        SELECT f.id FROM found f WHERE f.workspace_id = own ORDER BY f.id DESC LIMIT missing;
        GET DIAGNOSTICS given = ROW_COUNT;
        missing := missing - given;
        IF missing <= 0 THEN RETURN; END IF;
        start := start + width;
        width := width * 4;
    END LOOP;
    RETURN QUERY WITH found AS MATERIALIZED (
        SELECT e.id, e.workspace_id FROM public.conversations_searchentry e
        WHERE e.tokens @> wanted AND e.source = of_source AND (rest IS NULL OR e.id < rest)
        AND (before IS NULL OR e.id < before) AND (seen IS NULL OR e.inbox_id = ANY (seen)))
    SELECT f.id FROM found f WHERE f.workspace_id = own ORDER BY f.id DESC LIMIT missing;
END $$;
REVOKE ALL ON FUNCTION conversations_search_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION conversations_search_candidates TO chatzee_app;
ALTER FUNCTION conversations_search_candidates OWNER TO chatzee_crossing;
REVOKE CREATE ON SCHEMA public FROM chatzee_crossing;
"""


class Migration(migrations.Migration):
    """Candidates are found by their words alone and then kept to the workspace."""

    dependencies = [("conversations", "0012_unread_of_assignee")]

    operations = [migrations.RunSQL(CREATE, reverse_sql=migrations.RunSQL.noop)]
