// Package topics passes durable jobs and events to those who asked for them: the
// modules, and the topics of the core that listen or work as modules do.
// core/jobs runs jobs through it, and core/events asks it who listens.
package topics
