// Members of groups who are also victims
//
// One person may be suspect and victim at once. Members of a group on the day who are the victim of a crime in the
// period: a prompt for support, and for a check on who exploits whom.
//
// kind: table
// subject: crime
// scans: OCG
// columns:
//   person_id: The member.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   crimes_as_victim: Crimes in the period of which the person is a victim.
//   crimes_as_suspect: Crimes in the period for which the person is a suspect, arrested, charged or convicted.
//   ocg_ids: Groups of which the person is a member.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE $force IN ['', p.force]
  AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p, g ORDER BY g.ocg_id
WITH p, collect(g.ocg_id) AS ocg_ids
CALL (p) {
  MATCH (p)-[l:LINKED_TO]->(c:Crime)
  WHERE l.link_role = 'victim'
    AND $period_from <= c.day <= $period_to
  RETURN count(DISTINCT c) AS crimes_as_victim
}
CALL (p) {
  MATCH (p)-[s:LINKED_TO]->(k:Crime)
  WHERE s.link_role IN $link_roles
    AND $period_from <= k.day <= $period_to
  RETURN count(DISTINCT k) AS crimes_as_suspect
}
WITH p, ocg_ids, crimes_as_victim, crimes_as_suspect,
  $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
WHERE crimes_as_victim > 0
RETURN p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, crimes_as_victim, crimes_as_suspect, ocg_ids
ORDER BY crimes_as_victim DESC, person_id
