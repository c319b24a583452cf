CREATE TABLE "domains" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"name" text NOT NULL,
	"frontend_api" text,
	"proxy_url" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "domains_frontend_api_unique" UNIQUE("frontend_api")
);
--> statement-breakpoint
CREATE TABLE "jwt_templates" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"name" text NOT NULL,
	"claims" jsonb NOT NULL,
	"lifetime" integer NOT NULL,
	"allowed_clock_skew" integer NOT NULL,
	"signing_algorithm" text,
	"signing_key" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "one_time_payloads" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"purpose" text NOT NULL,
	"payload" text NOT NULL,
	"expire_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refresh_families" (
	"family_hash" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"session_id" text NOT NULL,
	"origin" text NOT NULL,
	"token_hash" text NOT NULL,
	"previous_hash" text,
	"seed" text,
	"rotated_at" bigint,
	"expire_at" bigint NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "testing_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"expire_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tickets" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"kind" text NOT NULL,
	"token_hash" text NOT NULL,
	"user_id" text NOT NULL,
	"status" text NOT NULL,
	"actor" jsonb,
	"organization_id" text,
	"session_lifetime" integer,
	"expire_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "tickets_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "tokens_expire_at" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "domains" ADD CONSTRAINT "domains_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jwt_templates" ADD CONSTRAINT "jwt_templates_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_payloads" ADD CONSTRAINT "one_time_payloads_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_families" ADD CONSTRAINT "refresh_families_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_families" ADD CONSTRAINT "refresh_families_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "testing_tokens" ADD CONSTRAINT "testing_tokens_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "domains_name" ON "domains" USING btree ("instance_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "jwt_templates_name" ON "jwt_templates" USING btree ("instance_id","name");--> statement-breakpoint
CREATE INDEX "one_time_payloads_expiry" ON "one_time_payloads" USING btree ("expire_at");--> statement-breakpoint
CREATE INDEX "refresh_families_session" ON "refresh_families" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "refresh_families_expiry" ON "refresh_families" USING btree ("expire_at");--> statement-breakpoint
CREATE INDEX "testing_tokens_expiry" ON "testing_tokens" USING btree ("expire_at");--> statement-breakpoint
CREATE INDEX "tickets_user" ON "tickets" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_in_use" ON "signing_keys" USING btree ("instance_id") WHERE "signing_keys"."retired_at" is null;