package livekit_test

import (
	"testing"

	upstream "github.com/livekit/protocol/livekit"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"foyer/sdk/livekit/lkproto"
)

// The SDK has its own copy of the messages that it sends and reads.
func TestProtocol_is_LiveKits_own_in_names_numbers_and_forms(t *testing.T) {
	ours := lkproto.File_livekit_proto
	var fields int
	for _, m := range messages(ours.Messages()) {
		theirs := original[protoreflect.MessageDescriptor](t, m)
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			require.Equal(t, form(theirs.Fields().ByName(f.Name())), form(f), f.FullName())
			fields++
		}
	}
	require.Greater(t, fields, 100)
	for i := range ours.Enums().Len() {
		sameEnum(t, ours.Enums().Get(i))
	}
	for _, m := range messages(ours.Messages()) {
		for i := range m.Enums().Len() {
			sameEnum(t, m.Enums().Get(i))
		}
	}
}

// A newer server's right must not be lost when another one is changed.
func TestProtocol_keeps_rights_that_it_does_not_know(t *testing.T) {
	now, err := proto.Marshal(&upstream.ParticipantInfo{Region: "eu", Permission: &upstream.ParticipantPermission{Hidden: true}})
	require.NoError(t, err)
	var read lkproto.ParticipantInfo
	require.NoError(t, proto.Unmarshal(now, &read))
	require.True(t, read.GetPermission().GetHidden())
	again, err := proto.Marshal(proto.CloneOf(&read))
	require.NoError(t, err)
	var back upstream.ParticipantInfo
	require.NoError(t, proto.Unmarshal(again, &back))
	require.Equal(t, "eu", back.GetRegion())
}

// messages are those of the list and the ones inside them, without those that
// maps are made of.
func messages(list protoreflect.MessageDescriptors) (all []protoreflect.MessageDescriptor) {
	for i := range list.Len() {
		if m := list.Get(i); !m.IsMapEntry() {
			all = append(append(all, m), messages(m.Messages())...)
		}
	}
	return all
}

// original is LiveKit's own descriptor for one of ours.
func original[D protoreflect.Descriptor](t *testing.T, ours protoreflect.Descriptor) D {
	t.Helper()
	name, prefix := string(ours.FullName()), string(lkproto.File_livekit_proto.Package())
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("livekit" + name[len(prefix):]))
	require.NoError(t, err)
	return d.(D)
}

type fieldForm struct {
	number  protoreflect.FieldNumber
	kind    protoreflect.Kind
	json    string
	repeats protoreflect.Cardinality
	isMap   bool
	of      protoreflect.Name // message or enum
	oneOf   protoreflect.Name
}

func form(f protoreflect.FieldDescriptor) fieldForm {
	if f == nil {
		return fieldForm{}
	}
	x := fieldForm{number: f.Number(), kind: f.Kind(), json: f.JSONName(), repeats: f.Cardinality(), isMap: f.IsMap()}
	if f.Message() != nil {
		x.of = f.Message().Name()
	}
	if f.Enum() != nil {
		x.of = f.Enum().Name()
	}
	if f.ContainingOneof() != nil {
		x.oneOf = f.ContainingOneof().Name()
	}
	return x
}

func sameEnum(t *testing.T, ours protoreflect.EnumDescriptor) {
	t.Helper()
	names := func(e protoreflect.EnumDescriptor) map[protoreflect.EnumNumber]protoreflect.Name {
		all := map[protoreflect.EnumNumber]protoreflect.Name{}
		for i := range e.Values().Len() {
			all[e.Values().Get(i).Number()] = e.Values().Get(i).Name()
		}
		return all
	}
	require.Equal(t, names(original[protoreflect.EnumDescriptor](t, ours)), names(ours), ours.FullName())
}
