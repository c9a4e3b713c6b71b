package store

import "context"

// sweep deletes up to limit rows for which over holds, a condition on $1, in the
// order of an index, and returns how many. Nobody waits for more than that: a
// single statement for a large table would keep every SQLite writer out until it
// ends. A row rewritten in the meantime stays, which is why over is checked
// twice.
func (q Queries) sweep(ctx context.Context, attempt, table, key, over, order string, bound any, limit int) (int, error) {
	return q.remove(ctx, attempt, `DELETE FROM `+table+` WHERE (`+key+`) IN (SELECT `+key+` FROM `+table+
		` WHERE `+over+` ORDER BY `+order+` LIMIT $2) AND `+over, bound, limit)
}
