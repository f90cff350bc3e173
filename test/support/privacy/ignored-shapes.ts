/** Bodies of event types that change nothing, in the shape that the providers document. */
export const ignoredShapes = {
  mux: [
    {
      id: 'evt-live',
      type: 'video.live_stream.active',
      created_at: '2026-03-01T10:00:00.000000Z',
      environment: { name: 'Production', id: 'env-1' },
      object: { type: 'live', id: 'live-1' },
      request_id: 'req-1',
      accessor: 'accessor',
      accessor_source: 'source',
      attempts: [{ webhook_id: 1, response_body: 'ok', address: 'https://portal.example/hook' }],
      data: {
        id: 'live-1',
        status: 'active',
        stream_key: 'key',
        srt_passphrase: 'phrase',
        passthrough: 'free text',
        active_asset_id: 'asset-1',
        playback_ids: [{ id: 'playback-1', policy: 'public' }],
        active_ingest: { url: 'rtmps://live.example/app', client_ip: 'ip' },
        simulcast_targets: [
          { id: 't1', passthrough: 'yt', stream_key: 'key', url: 'rtmp://a.example/live' },
        ],
        new_asset_settings: {
          passthrough: 'free text',
          meta: { title: 'A title', creator_id: 'creator', external_id: 'external' },
          inputs: [{ url: 'https://storage.example/a.mp4' }],
        },
      },
    },
    {
      id: 'evt-track',
      type: 'video.asset.track.ready',
      created_at: '2026-03-01T10:00:00Z',
      data: { id: 't', asset_id: 'asset-1', name: 'Mira', language_code: 'en', type: 'text' },
    },
  ],
  resend: [
    {
      type: 'email.received',
      created_at: '2026-03-01T10:00:00.000Z',
      data: {
        email_id: '30000000-0000-4000-8000-000000000001',
        from: 'Mira <mira@members.example>',
        to: ['portal@portal.example'],
        cc: ['noa@members.example'],
        bcc: ['noa@members.example'],
        reply_to: ['noa@members.example'],
        message_id: '<1@members.example>',
        subject: 'Hello',
        headers: [{ name: 'X-Sender', value: 'value' }],
        attachments: [{ id: 'a', filename: 'passport.pdf', content_type: 'application/pdf' }],
      },
    },
    {
      type: 'contact.created',
      created_at: '2026-03-01T10:00:00.000Z',
      data: {
        id: '30000000-0000-4000-8000-000000000002',
        audience_id: '30000000-0000-4000-8000-000000000003',
        email: 'mira@members.example',
        first_name: 'Mira',
        last_name: 'Vex',
        phone: '1',
        properties: { note: 'a note' },
      },
    },
    {
      type: 'email.clicked',
      created_at: '2026-03-01 10:00:00.123456+00',
      data: {
        email_id: '30000000-0000-4000-8000-000000000001',
        from: 'Mira <mira@members.example>',
        to: ['Noa <noa@members.example>'],
        subject: 'Your video is ready',
        tags: [{ name: 'kind', value: 'asset-ready' }],
        click: {
          ipAddress: 'ip',
          link: 'https://portal.example/s/token',
          timestamp: '2026-03-01T10:00:00.000Z',
          userAgent: 'agent',
        },
      },
    },
    {
      type: 'domain.updated',
      created_at: '2026-03-01T10:00:00.000Z',
      data: { id: 'd', name: 'portal.example', records: [{ name: 'a', value: 'b' }] },
    },
  ],
} as const;
