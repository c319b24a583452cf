CREATE TABLE "listed_identifiers" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"list" text NOT NULL,
	"type" text NOT NULL,
	"identifier" text NOT NULL,
	"invitation_id" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "waitlist_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"email_address" text NOT NULL,
	"status" text NOT NULL,
	"invitation_id" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "email_addresses" ADD COLUMN "dotless_address" text;--> statement-breakpoint
ALTER TABLE "email_addresses" ADD COLUMN "is_dotless_unique" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "listed_identifiers" ADD CONSTRAINT "listed_identifiers_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listed_identifiers" ADD CONSTRAINT "listed_identifiers_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "public"."invitations"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waitlist_entries" ADD CONSTRAINT "waitlist_entries_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waitlist_entries" ADD CONSTRAINT "waitlist_entries_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "public"."invitations"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "listed_identifiers_unique" ON "listed_identifiers" USING btree ("instance_id","list","identifier");--> statement-breakpoint
CREATE INDEX "listed_identifiers_invitation" ON "listed_identifiers" USING btree ("invitation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "waitlist_entries_address" ON "waitlist_entries" USING btree ("instance_id","email_address");--> statement-breakpoint
CREATE INDEX "waitlist_entries_instance" ON "waitlist_entries" USING btree ("instance_id","created_at");--> statement-breakpoint
CREATE INDEX "waitlist_entries_invitation" ON "waitlist_entries" USING btree ("invitation_id");--> statement-breakpoint
CREATE INDEX "email_addresses_dotless" ON "email_addresses" USING btree ("instance_id","dotless_address") WHERE "email_addresses"."dotless_address" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "email_addresses_dotless_verified" ON "email_addresses" USING btree ("instance_id","dotless_address") WHERE "email_addresses"."is_dotless_unique" and "email_addresses"."verified_at" is not null;