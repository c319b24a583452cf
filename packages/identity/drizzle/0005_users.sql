ALTER TABLE "email_addresses" ADD COLUMN "verification_id" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "user_agent" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "image_id" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "is_password_compromised" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "email_addresses" ADD CONSTRAINT "email_addresses_verification_id_verifications_id_fk" FOREIGN KEY ("verification_id") REFERENCES "public"."verifications"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "email_addresses_verification" ON "email_addresses" USING btree ("verification_id");