package plugin

import (
	"context"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type mailServer struct {
	hostv1.UnimplementedMailServer
	host module.Host
}

// Enqueue serves Mail.Enqueue.
func (s mailServer) Enqueue(ctx context.Context, in *hostv1.MailEnqueueRequest) (*hostv1.MailEnqueueResponse, error) {
	err := s.host.Mail().Enqueue(ctx, module.Message{
		Unique: in.GetUnique(), To: in.GetTo(), Bcc: in.GetBcc(), Subject: in.GetSubject(),
		Text: in.GetText(), HTML: in.GetHtml(), Language: in.GetLanguage(),
	})
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.MailEnqueueResponse{}, nil
}

// Brand serves Mail.Brand.
func (s mailServer) Brand(ctx context.Context, _ *hostv1.MailBrandRequest) (*hostv1.MailBrandResponse, error) {
	b, err := s.host.Mail().Brand(ctx)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.MailBrandResponse{
		Name: b.Name, LogoUrl: b.LogoURL, SupportEmail: b.SupportEmail, Domain: b.Domain, BaseUrl: b.BaseURL,
	}, nil
}

// Mail calls the gateway.
func (h *remoteHost) Mail() module.Mail { return remoteMail{hostv1.NewMailClient(h.conn)} }

type remoteMail struct{ c hostv1.MailClient }

// Enqueue is module.Mail.
func (r remoteMail) Enqueue(ctx context.Context, m module.Message) error {
	_, err := r.c.Enqueue(ctx, &hostv1.MailEnqueueRequest{
		Unique: m.Unique, To: m.To, Bcc: m.Bcc, Subject: m.Subject, Text: m.Text, Html: m.HTML, Language: m.Language,
	})
	return fromStatus(err)
}

// Brand is module.Mail.
func (r remoteMail) Brand(ctx context.Context) (module.Brand, error) {
	b, err := r.c.Brand(ctx, &hostv1.MailBrandRequest{})
	if err != nil {
		return module.Brand{}, fromStatus(err)
	}
	return module.Brand{
		Name: b.GetName(), LogoURL: b.GetLogoUrl(), SupportEmail: b.GetSupportEmail(), Domain: b.GetDomain(), BaseURL: b.GetBaseUrl(),
	}, nil
}
