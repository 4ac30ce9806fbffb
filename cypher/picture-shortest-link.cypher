// Picture: the shortest link between two people
//
// All shortest ways between two people, up to eight steps, as in the table shortest-link.
//
// kind: picture
// subject: ties
// draws: shortest-link
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// person_a (text): One person.
:param person_a => 'N0222';
// person_b (text): The other person.
:param person_b => 'N0096';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// restricted (texts): Handling codes under which a report counts and is never named.
:param restricted => ['3x5x2 C', '5x5x5 3', '5x5x5 4', '5x5x5 5'];
// limit (whole): How many rows at most.
:param limit => 25;

MATCH (a:Person {person_id: $person_a})
MATCH (b:Person {person_id: $person_b})
WHERE a <> b AND a.restricted_on IS NULL AND b.restricted_on IS NULL
MATCH path = allShortestPaths((a)-[:LINKED_TO|MENTIONED_IN|ASSOCIATES_WITH|FAMILY_OF|MEMBER_OF*..8]-(b))
WHERE all(n IN nodes(path) WHERE n = a OR n = b OR n:Crime
    OR ((n:Nominal OR n:Child) AND n.restricted_on IS NULL
      AND ($include_overdue OR n.overdue_after >= $as_of))
    OR (n:OCG AND n.valid_from <= $as_of <= n.valid_to)
    OR (n:IntelReport AND NOT EXISTS { (n)<-[:MENTIONED_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }
      AND NOT n.handling_grading IN $restricted
      AND ($include_overdue OR n.overdue_after >= $as_of)
      AND NOT n.source_grading IN $refused_sources
      AND NOT n.content_grading IN $refused_contents))
  AND all(t IN relationships(path) WHERE
    CASE type(t)
      WHEN 'LINKED_TO' THEN t.link_role IN $link_roles
      WHEN 'MEMBER_OF' THEN t.valid_from <= $as_of <= t.valid_to
      WHEN 'ASSOCIATES_WITH' THEN NOT EXISTS {
        MATCH (r:IntelReport)
        WHERE r.report_id = t.report_id AND (r.source_grading IN $refused_sources
          OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
      }
      ELSE true
    END)
WITH path, [n IN nodes(path) | coalesce(n.person_id, n.crime_id, n.report_id, n.ocg_id)] AS way
ORDER BY way
LIMIT $limit
RETURN path
