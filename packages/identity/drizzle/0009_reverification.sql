CREATE TABLE "session_verifications" (
	"session_id" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"instance_id" text NOT NULL,
	"status" text NOT NULL,
	"level" text NOT NULL,
	"strategy" text,
	"verification_id" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "session_verifications" ADD CONSTRAINT "session_verifications_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session_verifications" ADD CONSTRAINT "session_verifications_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session_verifications" ADD CONSTRAINT "session_verifications_verification_id_verifications_id_fk" FOREIGN KEY ("verification_id") REFERENCES "public"."verifications"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "session_verifications_verification" ON "session_verifications" USING btree ("verification_id");--> statement-breakpoint
CREATE INDEX "email_addresses_address" ON "email_addresses" USING btree ("instance_id","email_address");