// Rendered from the model of the graph, not to be changed by hand. For Neo4j Enterprise (5.11 or later) alone: the
// Community edition has none of this. NOT RUN on an Enterprise server: a Community server was asked to explain every
// statement, which it understands and does not carry out.
//
// In the database system, once for each database, such as that of each force:
//   cypher-shell -d system -f roles.cypher \
//     -P "{database: 'hants', reader: 'ocgnet_hants', without_words: 'ocgnet_hants_without_words'}"
// and then for each person: GRANT ROLE ocgnet_hants TO NAME
//
// Neither role writes. The second reads who and what is linked, and nothing that somebody wrote in own words (texts of
// reports, descriptions, reasons), in which names of others and of sources may stand, nor a reference to a source or
// an authority. It is meant for Neo4j Browser, Bloom and ocgnet query. Loads and analyses are made by an account that
// reads all: what is hidden would count as not recorded.
CREATE ROLE $reader IF NOT EXISTS;
CREATE ROLE $without_words IF NOT EXISTS;
GRANT ACCESS ON DATABASE $database TO $reader;
GRANT MATCH {*} ON GRAPH $database ELEMENTS * TO $reader;
GRANT ACCESS ON DATABASE $database TO $without_words;
GRANT MATCH {*} ON GRAPH $database ELEMENTS * TO $without_words;
DENY READ {offence} ON GRAPH $database NODES Crime TO $without_words;
DENY READ {handling_conditions, source_ref, text, title} ON GRAPH $database NODES IntelReport TO $without_words;
DENY READ {found_where} ON GRAPH $database NODES MissingEpisode TO $without_words;
DENY READ {outcome, reason} ON GRAPH $database NODES Referral TO $without_words;
DENY READ {description} ON GRAPH $database NODES Disruption TO $without_words;
DENY READ {action} ON GRAPH $database NODES PlanAction TO $without_words;
DENY READ {authority_ref} ON GRAPH $database NODES Thing TO $without_words;
DENY READ {authority_ref} ON GRAPH $database NODES Sighting TO $without_words;
DENY READ {caption, name} ON GRAPH $database NODES Threat TO $without_words;
DENY READ {aim} ON GRAPH $database NODES Plan TO $without_words;
DENY READ {before, reason} ON GRAPH $database NODES PlanChange TO $without_words;
DENY READ {decisions} ON GRAPH $database NODES CaseMeeting TO $without_words;
DENY READ {name, results} ON GRAPH $database NODES Activity TO $without_words;
DENY READ {reason} ON GRAPH $database NODES Score TO $without_words;
DENY READ {caption, priority} ON GRAPH $database NODES Priority TO $without_words;
DENY READ {question} ON GRAPH $database NODES IntelligenceGap TO $without_words;
DENY READ {source} ON GRAPH $database RELATIONSHIPS HAS_ACE TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS USES TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS OWNS TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS KEEPS TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS SUBSCRIBES_TO TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS LIVES_AT TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS RENTS TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS DIRECTS TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS WORKS_FOR TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS SEEN_AT TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS CONTROLS TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS SIGNS_FOR TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS RIDES_IN TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS RUNS_FOR TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS CUSTOMER_OF TO $without_words;
DENY READ {authority_ref, source} ON GRAPH $database RELATIONSHIPS CONNECTED_TO TO $without_words;
DENY READ {authority_ref} ON GRAPH $database RELATIONSHIPS COMMUNICATED_WITH TO $without_words;
DENY READ {authority_ref} ON GRAPH $database RELATIONSHIPS TRANSFERRED_TO TO $without_words;
DENY READ {authority_ref} ON GRAPH $database RELATIONSHIPS HAS_THING TO $without_words;
DENY READ {authority_ref} ON GRAPH $database RELATIONSHIPS INVOLVES TO $without_words;
