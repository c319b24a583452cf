CREATE TABLE "invitations" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"email_address" text NOT NULL,
	"status" text NOT NULL,
	"ticket_hash" text NOT NULL,
	"redirect_url" text,
	"public_metadata" jsonb NOT NULL,
	"expire_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "invitations_ticket_hash_unique" UNIQUE("ticket_hash")
);
--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invitations_instance" ON "invitations" USING btree ("instance_id","created_at");--> statement-breakpoint
CREATE INDEX "invitations_address" ON "invitations" USING btree ("instance_id","email_address");