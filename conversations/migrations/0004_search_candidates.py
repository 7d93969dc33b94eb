from django.db import migrations

#: Row security lets no index answer `tokens @> …` for the app's role: the operator is not marked leakproof, so Postgres
#: must apply the policy to every row first, which is a scan of all workspaces. This function runs as the crossing role and
#: holds the same wall itself: without a scope it finds nothing, within one only that workspace's rows.
CREATE = """
GRANT CREATE ON SCHEMA public TO chatzee_crossing;
CREATE FUNCTION conversations_search_candidates(wanted bigint[], of_source text, before uuid, seen uuid[], most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    own uuid := nullif(current_setting('app.workspace', true), '')::uuid;
BEGIN
    RETURN QUERY WITH found AS MATERIALIZED (
        SELECT e.id FROM public.conversations_searchentry e
        WHERE e.tokens @> wanted AND e.workspace_id = own AND e.source = of_source
        AND (before IS NULL OR e.id < before) AND (seen IS NULL OR e.inbox_id = ANY (seen)))
    SELECT f.id FROM found f ORDER BY f.id DESC LIMIT most;
END $$;
REVOKE ALL ON FUNCTION conversations_search_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION conversations_search_candidates TO chatzee_app;
ALTER FUNCTION conversations_search_candidates OWNER TO chatzee_crossing;
REVOKE CREATE ON SCHEMA public FROM chatzee_crossing;
"""


class Migration(migrations.Migration):
    """A search by word uses the word index behind row security too."""

    dependencies = [("conversations", "0003_label_everything")]

    operations = [migrations.RunSQL(CREATE, reverse_sql="DROP FUNCTION conversations_search_candidates")]
