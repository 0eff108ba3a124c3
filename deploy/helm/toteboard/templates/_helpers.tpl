{{- define "toteboard.labels" -}}
app.kubernetes.io/name: toteboard
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What its pods are found by; `role` is left out for all of them. */}}
{{- define "toteboard.selector" -}}
app.kubernetes.io/name: toteboard
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "toteboard.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "toteboard.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "toteboard.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "toteboard.cluster" -}}{{ .Release.Name }}-db{{- end }}

{{/* The owner's URL: only what migrates has it. */}}
{{- define "toteboard.ownerEnv" -}}
- name: TOTEBOARD_DATABASE_URL
  valueFrom:
    secretKeyRef:
{{- if .Values.database.cnpg.enabled }}
      name: {{ include "toteboard.cluster" . }}-app
      key: uri
{{- else }}
      name: {{ .Values.database.external.owner.name }}
      key: {{ .Values.database.external.owner.key }}
{{- end }}
{{- end }}

{{/* The URL of the login that serves, which owns nothing. */}}
{{- define "toteboard.appEnv" -}}
{{- if .Values.database.cnpg.enabled }}
- name: APP_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .Values.database.cnpg.appSecret }}, key: password}
- name: TOTEBOARD_APP_DATABASE_URL
  value: postgresql://toteboard_app:$(APP_PASSWORD)@{{ include "toteboard.cluster" . }}-rw:5432/toteboard
{{- if gt (int .Values.database.cnpg.instances) 1 }}
# Exports, statements, the audit log and the books.
- name: TOTEBOARD_REPLICA_URL
  value: postgresql://toteboard_app:$(APP_PASSWORD)@{{ include "toteboard.cluster" . }}-ro:5432/toteboard
{{- end }}
{{- else }}
- name: TOTEBOARD_APP_DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ .Values.database.external.app.name }}, key: {{ .Values.database.external.app.key }}}
{{- end }}
{{- end }}
