// Nominals without any link
//
// Nominals with no crime, report, group, contact, relative, referral, missing episode or stop on record, and without
// a plan, service, meeting, order or score: they can stand in no network.
//
// kind: table
// subject: quality
// scans: Nominal
// columns:
//   person_id: The nominal.
//   name: Name as recorded.
//   review_due: When the record has to be reviewed.
//
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND NOT EXISTS {
  (p)-[:LINKED_TO|MENTIONED_IN|MEMBER_OF|ASSOCIATES_WITH|FAMILY_OF|HAS_ACE|WENT_MISSING|COMPANION_IN|REFERRED|STOPPED_IN|ABOUT|ACTION_ON_PERSON|PLAN_FOR_PERSON|SCORE_OF_PERSON|LOOKED_AFTER_BY|DISCUSSED_IN|ORDER_ON|PROTECTS|CAME_TO]-()
}
RETURN p.person_id AS person_id, p.name AS name, p.review_due AS review_due
ORDER BY person_id
LIMIT $limit
