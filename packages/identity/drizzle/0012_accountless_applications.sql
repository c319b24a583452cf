ALTER TABLE "rate_limits" ALTER COLUMN "instance_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "application_id" text;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "claim_token_hash" text;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "claimed_at" bigint;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "used_at" bigint;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "completed_at" bigint;--> statement-breakpoint
ALTER TABLE "instances" ADD CONSTRAINT "instances_application_id_unique" UNIQUE("application_id");--> statement-breakpoint
ALTER TABLE "instances" ADD CONSTRAINT "instances_claim_token_hash_unique" UNIQUE("claim_token_hash");