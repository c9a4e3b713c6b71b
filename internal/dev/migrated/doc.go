// Package migrated gives tests databases that have been migrated already, to be the
// store's and the job queue's: copies of one that was migrated once. Migrating each anew
// would take most of the time of many a test; those about migrating start from an empty
// database.
package migrated
