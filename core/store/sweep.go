package store

import "context"

// sweep deletes limit rows at most for which over holds, a condition on $1, in
// the order of an index, and counts them. Nobody waits for more than that: one
// statement for all of a large table would keep every writer of SQLite away until
// it ends. A row that is written anew meanwhile stays, which is why over is asked
// twice.
func (q Queries) sweep(ctx context.Context, attempt, table, key, over, order string, bound any, limit int) (int, error) {
	return q.remove(ctx, attempt, `DELETE FROM `+table+` WHERE (`+key+`) IN (SELECT `+key+` FROM `+table+
		` WHERE `+over+` ORDER BY `+order+` LIMIT $2) AND `+over, bound, limit)
}
