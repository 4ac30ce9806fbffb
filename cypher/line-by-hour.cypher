// Activity of a line by hour
//
// How many communications of one line began in each hour of the day in the period, by clocks in the UK. Those of
// which only the day is known, and rows that stand for several, have no hour and are counted in the last row; a call
// at 00:00:00 UTC is counted there as well, because it looks the same.
//
// kind: table
// subject: things
// columns:
//   hour: Hour of the day, 0 to 23, by clocks in the UK; blank when not known.
//   times: How many communications began in it.
//   outgoing: How many of these came from the line.
//   numbers: With how many other numbers.
//   days: On how many days.
//
// line_id (text): The line, or another number.
:param line_id => 'TL9374';
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');

MATCH (l:Thing {thing_id: $line_id})-[c:COMMUNICATED_WITH]-(o:Thing)
WHERE $period_from <= c.day <= $period_to
WITH l, c, o,
  // Clocks go forward on the last Sunday of March and back on that of October, at 01:00 UTC.
  CASE WHEN coalesce(c.count, 1) = 1 AND c.at.hour + c.at.minute + c.at.second > 0 THEN (c.at.hour + CASE
    WHEN c.at.month IN [4, 5, 6, 7, 8, 9] THEN 1
    WHEN c.at.month = 3 AND c.at.day - c.at.dayOfWeek % 7 >= 25 AND NOT (c.at.dayOfWeek = 7 AND c.at.hour = 0) THEN 1
    WHEN c.at.month = 10 AND (c.at.day - c.at.dayOfWeek % 7 < 25 OR (c.at.dayOfWeek = 7 AND c.at.hour = 0)) THEN 1
    ELSE 0 END) % 24 END AS hour
WITH hour, sum(coalesce(c.count, 1)) AS times, sum(CASE WHEN startNode(c) = l THEN coalesce(c.count, 1) ELSE 0 END) AS outgoing,
  count(DISTINCT o.thing_id) AS numbers, count(DISTINCT c.day) AS days
RETURN hour, times, outgoing, numbers, days
ORDER BY coalesce(hour, 24)
