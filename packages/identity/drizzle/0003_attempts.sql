ALTER TABLE "sign_ins" ADD COLUMN "can_sign_up" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_ups" ADD COLUMN "username" text;--> statement-breakpoint
ALTER TABLE "verifications" ADD COLUMN "redirect_url" text;--> statement-breakpoint
ALTER TABLE "verifications" ADD COLUMN "opened_by_client_id" text;--> statement-breakpoint
CREATE INDEX "sign_ins_verification" ON "sign_ins" USING btree ("first_factor_verification_id");--> statement-breakpoint
CREATE INDEX "sign_ups_verification" ON "sign_ups" USING btree ("email_verification_id");