// Package topics hands durable jobs and events to those who asked for them: the
// modules, and the topics of the core that listen or work as modules do. It is
// what core/jobs runs and what core/events asks who listens.
package topics
